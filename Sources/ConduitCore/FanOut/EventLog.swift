import DequeModule
import StreamsProtocol

/// The place of a line in the log; it only grows, over restarts too.
public typealias LogPosition = UInt64

/// The lines that go to many ports, in order and once each: a bounded ring.
///
/// There are two kinds. Events are what a client may resume: the oldest ones go first, and from then on nobody can
/// resume from before them. Lines that supersede one another (`agent::update`, `api_metric`, `log`) have a room of their
/// own, so that they never push an event out.
struct EventLog {
    struct Limits: Equatable {
        /// Bytes of events.
        let bytes: Int
        /// Lines of events.
        let lines: Int
        /// Bytes of lines that supersede one another.
        let supersededBytes: Int
        var supersededLines: Int { max(1, lines / 8) }
    }

    /// Who may see a line at all.
    enum Audience { case everyone, streams, subscribers }

    struct Entry {
        let name: String
        /// The line without its ending; nil once it was dropped while older lines stayed.
        fileprivate(set) var body: LineBody?
        /// The length of the body in bytes: what counts against the log's bounds.
        let size: Int
        let isSuperseded: Bool
        let audience: Audience
        /// The contact it is about, for derived events.
        let contactId: String?
        /// The port that broadcast it, by the id that clients know.
        let from: String?
        /// Milliseconds since 1970.
        let time: Int64
        /// Set by the log.
        fileprivate(set) var position: LogPosition = 0
        /// The newest event at its time: what the line says as its clock.
        fileprivate(set) var clock: LogPosition = 0

        /// True if the line was dropped while older lines stayed.
        var isGone: Bool { body == nil }

        init(
            _ name: String, _ body: LineBody, isSuperseded: Bool = false, audience: Audience = .everyone,
            contactId: String? = nil, from: String? = nil, time: Int64
        ) {
            self.name = name
            self.body = body
            size = body.bytes.count
            self.isSuperseded = isSuperseded
            self.audience = audience
            self.contactId = contactId
            self.from = from
            self.time = time
        }
    }

    var limits: Limits
    private(set) var entries: Deque<Entry> = []
    private var superseded: Deque<LogPosition> = []
    /// Where the next line will stand.
    private(set) var end: LogPosition
    /// The newest event: the clock.
    private(set) var lastEvent: LogPosition
    /// Every event after this one is still there.
    private(set) var lastDropped: LogPosition
    /// The newest `api_metric` or `log` that was let go of: a port of the Streams dialect that is not past it missed it.
    private(set) var lastLost: LogPosition = 0
    /// The newest `agent::update`, which no metric pushes out; nil once the session is over. It outlives its place in the
    /// ring, because a port that comes later is told it.
    private(set) var agentUpdate: Entry?
    private(set) var bytes = 0
    private(set) var count = 0
    private(set) var supersededBytes = 0
    private var gone = 0

    /// A log whose first line will stand at `next`.
    ///
    /// - Parameter floor: events from there on will be restored; nil if there are none.
    init(limits: Limits, next: LogPosition = 1, floor: LogPosition? = nil) {
        self.limits = limits
        end = max(next, 1)
        lastEvent = end - 1
        lastDropped = min(max(floor ?? end, 1), end) - 1
    }

    /// Adds a line at the end, and drops what is beyond the bounds then.
    mutating func append(_ entry: consuming Entry) {
        entry.position = end
        if !entry.isSuperseded, entry.audience != .streams { lastEvent = end }
        entry.clock = lastEvent
        if entry.isUpdate { agentUpdate = entry }
        end += 1
        let isSuperseded = entry.isSuperseded
        add(entry)
        isSuperseded ? trimSuperseded() : trimEvents()
    }

    /// The session is over: its last agent is no longer the newest.
    mutating func forgetAgent() { agentUpdate = nil }

    /// Adds an event of a former run at the place it had. Such events have to come in order, before anything else; one that
    /// does not is left out.
    mutating func restore(_ entry: consuming Entry, at position: LogPosition) {
        guard position < end, entries.last.map({ $0.position < position }) ?? true else { return }
        entry.position = position
        entry.clock = position
        add(entry)
        trimEvents()
    }

    /// The index of the first line at that place or after it.
    func index(from position: LogPosition) -> Int {
        guard let last = entries.last, position <= last.position else { return entries.count }
        var low = 0
        var high = entries.count - 1
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].position < position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The line at a place, if it is still there.
    func entry(at position: LogPosition) -> Entry? {
        let index = index(from: position)
        guard index < entries.count, entries[index].position == position, !entries[index].isGone else { return nil }
        return entries[index]
    }

    /// The oldest line that is still there.
    var first: LogPosition { entries.first?.position ?? end }

    // MARK: Bounds

    private mutating func add(_ entry: consuming Entry) {
        if entry.isSuperseded {
            superseded.append(entry.position)
            supersededBytes += entry.size
        } else {
            bytes += entry.size
            count += 1
        }
        entries.append(entry)
    }

    /// Lets go of the oldest lines until the events fit; one is always kept, however long.
    private mutating func trimEvents() {
        while count > 1, bytes > limits.bytes || count > limits.lines {
            let entry = entries.removeFirst()
            guard !entry.isGone else {
                gone -= 1
                continue
            }
            guard entry.isSuperseded else {
                bytes -= entry.size
                count -= 1
                lastDropped = entry.position
                continue
            }
            superseded.removeFirst()
            supersededBytes -= entry.size
            lose(entry)
        }
    }

    private mutating func trimSuperseded() {
        while supersededBytes > limits.supersededBytes || superseded.count > limits.supersededLines {
            // What has just come stays, and so does the newest agent.
            guard let place = superseded.firstIndex(where: { $0 != agentUpdate?.position && $0 != end - 1 }) else {
                return
            }
            let position = superseded.remove(at: place)
            let index = index(from: position)
            entries[index].body = nil
            gone += 1
            supersededBytes -= entries[index].size
            lose(entries[index])
        }
        pack()
    }

    /// Holes cost a little each: when they are many, the ring is packed.
    private mutating func pack() {
        guard gone > 1024, gone > entries.count / 2 else { return }
        entries.removeAll(where: \.isGone)
        gone = 0
    }

    /// An older agent is no loss: the newest one says all.
    private mutating func lose(_ entry: Entry) {
        if !entry.isUpdate { lastLost = max(lastLost, entry.position) }
    }
}

extension EventLog.Entry {
    /// True for the agent as a whole, of which only the newest counts.
    var isUpdate: Bool { name == EventName.agentUpdate && from == nil }
}
