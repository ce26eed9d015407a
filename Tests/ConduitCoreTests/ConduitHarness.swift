import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

/// A conduit in virtual time, with what the daemon's hands hold for it.
final class ConduitHarness {
    /// 2025-01-01T12:00:00Z.
    static let epoch: Int64 = 1_735_732_800_000
    static let owner: UInt32 = 1000

    var conduit: Conduit
    private(set) var uptime: Int64 = 0
    private(set) var timers: [ConduitTimer: Int64] = [:]
    /// What each closed port was told last; "" for nothing.
    private(set) var closed: [PortID: String] = [:]
    private(set) var recorded: [ConduitAction] = []
    /// What a restart would find.
    private(set) var kept: [StateChange] = []
    private var keptBefore = 0
    /// Told the same, with a log that drops nothing: from it a test knows every line, also those that were dropped at once.
    private var witness: Conduit?
    private var witnessed: LogPosition = 1
    /// What a port was sent last, and how often the next one was sent the same bytes.
    private var last: [UInt8] = []
    private(set) var shared = 0
    /// What was kept since `forget`.
    var keptSince: [StateChange] { Array(kept[keptBefore...]) }

    init(
        kept: KeptState? = nil, hasWitness: Bool = false, _ change: (inout ConduitSettings) -> Void = { _ in }
    ) {
        var settings = ConduitSettings(epoch: "e1", access: AccessRules(ownUid: Self.owner, rules: Self.rules))
        change(&settings)
        conduit = Conduit(settings: settings, kept: kept)
        if hasWitness { witness = Conduit(settings: Self.unbounded(settings), kept: kept) }
    }

    private static func unbounded(_ settings: ConduitSettings) -> ConduitSettings {
        var settings = settings
        (settings.logLines, settings.logBytes, settings.supersededBytes) = (1 << 30, 1 << 40, 1 << 40)
        return settings
    }

    /// Every line that has been told since this was asked last, also if the log has dropped it already.
    func takeTold() -> [(position: LogPosition, text: String)] {
        guard let end = witness?.log.end, end > witnessed else { return [] }
        defer { witnessed = end }
        return (witnessed..<end).compactMap { position in
            guard let body = witness?.log.entry(at: position)?.body else { return nil }
            return (position, String(decoding: body.bytes, as: UTF8.self) + "}")
        }
    }

    private func tellWitness(_ event: ConduitEvent) {
        if case .settings(let settings) = event {
            _ = witness?.handle(.settings(Self.unbounded(settings)), at: now)
        } else {
            _ = witness?.handle(event, at: now)
        }
        witness?.persist { _ in true }
        // Its clients read at once: otherwise it would close them for their replies.
        for id in witness?.ports.keys.sorted() ?? [] { _ = witness?.next(for: id, budget: .max) }
    }

    /// Users that have a role less than admin.
    private static let rules = Role.allCases.enumerated().map {
        AccessRule(.user(2000 + UInt32($0.offset)), $0.element)
    }

    var now: Moment { Moment(wall: Self.epoch + uptime, uptime: uptime) }

    @discardableResult
    func handle(_ event: ConduitEvent) -> [ConduitAction] {
        let actions = conduit.handle(event, at: now)
        recorded += actions
        if witness != nil { tellWitness(event) }
        conduit.persist { draft in
            #expect(throws: Never.self) { kept += try draft.changes() }
            return true
        }
        for action in actions {
            switch action {
            case .close(let id, let last): closed[id] = last.map(Self.text) ?? ""
            case .schedule(let timer, let wait): timers[timer] = uptime + wait
            case .unschedule(let timer): timers[timer] = nil
            case .write, .ask, .sync, .log: break
            }
        }
        return actions
    }

    func advance(_ milliseconds: Int64) {
        let end = uptime + milliseconds
        while let (timer, due) = timers.min(by: { $0.value < $1.value }), due <= end {
            timers[timer] = nil
            uptime = due
            handle(.timer(timer))
        }
        uptime = end
    }

    // MARK: Ports

    static func peer(uid: UInt32 = owner) -> Peer { Peer(pid: 42, uid: uid, groups: [uid], program: "test") }

    /// A port that has read its first lines.
    func port(_ number: UInt64) -> PortID {
        let id = open(number)
        _ = read(id)
        return id
    }

    /// A port that has read nothing yet.
    @discardableResult
    func open(_ number: UInt64, uid: UInt32 = owner) -> PortID {
        let id = PortID(number: number)
        handle(.opened(id, Self.peer(uid: uid), nonce: "n\(number)"))
        return id
    }

    /// A port of a role that a rule gives, which has read its first lines.
    func port(_ number: UInt64, role: Role) -> PortID {
        let place = Role.allCases.firstIndex(of: role) ?? 0
        let id = open(number, uid: 2000 + UInt32(place))
        _ = read(id)
        return id
    }

    @discardableResult
    func say(_ id: PortID, _ text: String) -> [ConduitAction] { handle(.line(id, Array(text.utf8))) }

    /// What a port is sent now, each line without its newline.
    func read(_ id: PortID, budget: Int = .max, isLate: Bool = false) -> [String] {
        guard let bytes = conduit.next(for: id, budget: budget, isLate: isLate) else { return [] }
        #expect(bytes.last == 0x0A)
        let isSame = bytes.withUnsafeBytes { here in last.withUnsafeBytes { here.baseAddress == $0.baseAddress } }
        if isSame { shared += 1 }
        last = bytes
        return bytes.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// True if a line is still in the log.
    func hasLine(at position: LogPosition) -> Bool { conduit.log.entry(at: position) != nil }

    /// The lines of the log from that place on.
    func log(from position: LogPosition = 0) -> [(position: LogPosition, text: String)] {
        conduit.log.entries.filter { $0.position >= position }.compactMap { entry in
            entry.body.map { (entry.position, String(decoding: $0.bytes, as: UTF8.self) + "}") }
        }
    }

    static func text(_ line: [UInt8]) -> String {
        #expect(line.last == 0x0A && !line.dropLast().contains(0x0A))
        return String(decoding: line.dropLast(), as: UTF8.self)
    }

    /// True if there is something to be persisted or written.
    var hasOutput: Bool { conduit.hasOutput }

    /// True if there is something to be sent to the port.
    func hasOutput(_ id: PortID) -> Bool {
        guard let port = conduit.ports[id] else { return false }
        return !port.replies.isEmpty || port.cursor < conduit.log.end
    }

    var agent: Agent? { conduit.agent }

    /// What was asked of the session or the daemon.
    var asked: [ConduitRequest] { recorded.compactMap { if case .ask(_, let request) = $0 { request } else { nil } } }

    /// The snapshots that were asked for.
    var syncs: [SyncTicket] { recorded.compactMap { if case .sync(let ticket) = $0 { ticket } else { nil } } }

    func forget() { (recorded, keptBefore) = ([], kept.count) }
}

/// A `partyline::error` as a line.
func errorLine(_ code: String, _ message: String, hint: String? = nil) -> String {
    let hint = hint.map { #","hint":\#(JSON.string($0).text)"# } ?? ""
    return
        #"{"event":"partyline::error","data":{"code":"\#(code)","#
        + #""message":\#(JSON.string(message).text)\#(hint),"retryable":false}}"#
}

func ccps(_ count: Int) -> String { #"{"event":"update_connected_ccps","data":{"length":\#(count)}}"# }

/// The same after a port has gone, which tells of tabs too.
func ccpsAfterClose(_ count: Int) -> String {
    #"{"event":"update_connected_ccps","data":{"length":\#(count),"streamsTabsAcrossBrowser":0}}"#
}
