// SPDX-License-Identifier: Apache-2.0
import DequeModule
import StreamsProtocol

/// The sequence number of a line in the log. It only grows, over restarts too.
public typealias LogPosition = UInt64

/// The lines for more than one port, in order and stored once: a bounded ring.
///
/// There are two kinds. Events can be resumed: the oldest are dropped first, and a client cannot resume from before a
/// dropped event. Lines that supersede one another (`agent::update`, `api_metric`, `log`) have a separate limit, so
/// they never push an event out.
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

    /// The ports that a line is for.
    enum Audience { case everyone, streams, subscribers }

    /// The bodies of a line that is different for some roles.
    struct OtherBodies {
        /// For presence.
        let narrow: LineBody
        /// For operators and admins; nil if they receive the body.
        var whole: LineBody?
    }

    struct Entry {
        let name: String
        /// The line without its ending; nil once the line was dropped while older lines stayed.
        fileprivate(set) var body: LineBody?
        /// What some roles receive instead of the body.
        let otherBodies: OtherBodies?
        /// The length of the body in bytes, which counts towards the log's limits.
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
        /// The position of the newest event when the line was appended: the clock in its ending.
        fileprivate(set) var clock: LogPosition = 0

        /// The body for this view; nil if the line was dropped.
        func body(for view: Interest.View) -> LineBody? {
            guard let body, let otherBodies else { return body }
            return switch view {
            case .narrow: otherBodies.narrow
            case .usual: body
            case .whole: otherBodies.whole ?? body
            }
        }

        /// True if the line was dropped while older lines stayed.
        var isGone: Bool { body == nil }

        init(
            _ name: String, _ body: LineBody, isSuperseded: Bool = false, audience: Audience = .everyone,
            contactId: String? = nil, from: String? = nil, otherBodies: OtherBodies? = nil, time: Int64
        ) {
            self.name = name
            self.body = body
            size = body.bytes.count
            self.isSuperseded = isSuperseded
            self.audience = audience
            self.contactId = contactId
            self.from = from
            self.otherBodies = otherBodies
            self.time = time
        }
    }

    var limits: Limits
    private(set) var entries: Deque<Entry> = []
    private var superseded: Deque<LogPosition> = []
    /// The position of the next line.
    private(set) var end: LogPosition
    /// The position of the newest event: the current clock.
    private(set) var lastEvent: LogPosition
    /// The position of the newest event that was dropped. Every later event is still in the log.
    private(set) var lastDropped: LogPosition
    /// Clients can resume from this position and later ones. Earlier events are about a former sign-in; they stay in the ring
    /// only for the ports that have not been sent them yet.
    private(set) var historyStart: LogPosition = 0
    /// The newest `api_metric` or `log` that was dropped. A port of the Streams dialect missed it if its cursor is not
    /// past it.
    private(set) var lastLost: LogPosition = 0
    /// The newest `agent::update`; nil once the session has ended. Metrics do not push it out of the ring. It is kept
    /// here after events have pushed it out, because new ports receive it.
    private(set) var agentUpdate: Entry?
    /// The newest of each of the daemon's own superseded events, which metrics do not push out either.
    private var pinned: [String: LogPosition] = [:]
    private static let pinnedNames: Set = [EventName.auth, EventName.link, EventName.ports]
    private(set) var bytes = 0
    private(set) var count = 0
    private(set) var supersededBytes = 0
    /// Entries in the ring without a body.
    private var holes = 0

    /// Creates a log whose first new line gets the position `next`.
    ///
    /// - Parameter floor: the first position of the events that will be restored; nil if there are none.
    init(limits: Limits, next: LogPosition = 1, floor: LogPosition? = nil) {
        self.limits = limits
        end = max(next, 1)
        lastEvent = end - 1
        lastDropped = min(max(floor ?? end, 1), end) - 1
    }

    /// Appends a line, and drops lines until the limits hold again.
    mutating func append(_ entry: consuming Entry) {
        entry.position = end
        if !entry.isSuperseded, entry.audience != .streams { lastEvent = end }
        entry.clock = lastEvent
        if entry.isUpdate { agentUpdate = entry }
        if entry.isSuperseded, Self.pinnedNames.contains(entry.name) { pinned[entry.name] = end }
        end += 1
        let isSuperseded = entry.isSuperseded
        add(entry)
        isSuperseded ? trimSuperseded() : trimEvents()
    }

    /// The session has ended: there is no newest agent until the next session.
    mutating func forgetAgent() { agentUpdate = nil }

    /// Clients can no longer resume from before the newest event.
    mutating func forgetHistory() { historyStart = lastEvent }

    /// Restores an event of a former run at its position. Events must be restored in order, before any line is
    /// appended; an event out of order is ignored.
    mutating func restore(_ entry: consuming Entry, at position: LogPosition) {
        guard position < end, entries.last.map({ $0.position < position }) ?? true else { return }
        entry.position = position
        entry.clock = position
        add(entry)
        trimEvents()
    }

    /// The index of the first line at this position or after it.
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

    /// The line at a position; nil if it was dropped.
    func entry(at position: LogPosition) -> Entry? {
        let index = index(from: position)
        guard index < entries.count, entries[index].position == position, !entries[index].isGone else { return nil }
        return entries[index]
    }

    /// The position of the oldest line in the log.
    var first: LogPosition { entries.first?.position ?? end }

    // MARK: Limits

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

    /// Drops the oldest lines until the events fit. One event is always kept, whatever its length.
    private mutating func trimEvents() {
        while count > 1, bytes > limits.bytes || count > limits.lines {
            let entry = entries.removeFirst()
            guard !entry.isGone else {
                holes -= 1
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
            recordLoss(of: entry)
        }
    }

    private mutating func trimSuperseded() {
        while supersededBytes > limits.supersededBytes || superseded.count > limits.supersededLines + pinned.count {
            // Keep the line that was just appended, the newest agent and the newest states of the daemon.
            let kept = [agentUpdate?.position, end - 1].compactMap(\.self) + pinned.values
            guard let place = superseded.firstIndex(where: { !kept.contains($0) }) else { return }
            let position = superseded.remove(at: place)
            let index = index(from: position)
            entries[index].body = nil
            holes += 1
            supersededBytes -= entries[index].size
            recordLoss(of: entries[index])
        }
        compact()
    }

    /// Removes the holes once they are the majority of the ring.
    private mutating func compact() {
        guard holes > 1024, holes > entries.count / 2 else { return }
        entries.removeAll(where: \.isGone)
        holes = 0
    }

    /// A dropped agent is no loss: the newest one replaces it. What is for subscribers, no Streams port can miss.
    private mutating func recordLoss(of entry: Entry) {
        if !entry.isUpdate, entry.audience != .subscribers { lastLost = max(lastLost, entry.position) }
    }
}

extension EventLog.Entry {
    /// True for the daemon's `agent::update`, false for a broadcast of that name.
    var isUpdate: Bool { name == EventName.agentUpdate && from == nil }
}
