import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

/// A conduit in virtual time, with what the daemon's hands hold for it: the log's lines, replies, timers.
final class ConduitHarness {
    /// 2025-01-01T12:00:00Z.
    static let epoch: Int64 = 1_735_732_800_000
    static let owner: UInt32 = 1000

    var conduit: Conduit
    private(set) var uptime: Int64 = 0
    private(set) var lines: [LogPosition: [UInt8]] = [:]
    private(set) var replies: [ReplyID: [UInt8]] = [:]
    private(set) var timers: [ConduitTimer: Int64] = [:]
    /// What each closed port was told last; "" for nothing.
    private(set) var closed: [PortID: String] = [:]
    private(set) var recorded: [ConduitAction] = []
    /// What ports were sent since the last event that others may be sent too, and how often they were.
    private var leads: [OutgoingRun] = []
    private(set) var followed = 0
    /// What a restart would find.
    private(set) var kept: [StateChange] = []
    private var keptBefore = 0
    /// What was kept since `forget`.
    var keptSince: [StateChange] { Array(kept[keptBefore...]) }

    init(kept: KeptState? = nil, _ change: (inout ConduitSettings) -> Void = { _ in }) {
        var settings = ConduitSettings(epoch: "e1", access: AccessRules(ownUid: Self.owner, rules: Self.rules))
        change(&settings)
        conduit = Conduit(settings: settings, kept: kept)
    }

    /// Users that have a role less than admin.
    private static let rules = Role.allCases.enumerated().map {
        AccessRule(.user(2000 + UInt32($0.offset)), $0.element)
    }

    var now: Moment { Moment(wall: Self.epoch + uptime, uptime: uptime) }

    @discardableResult
    func handle(_ event: ConduitEvent) -> [ConduitAction] {
        leads = []
        let actions = conduit.handle(event, at: now)
        recorded += actions
        #expect(throws: Never.self) { kept += try conduit.draft.changes() }
        conduit.draft.clear()
        for action in actions {
            switch action {
            case .append(let position, let body): lines[position] = body.line
            case .forget(let positions): for position in positions { lines[position] = nil }
            case .reply(_, let id, let line): replies[id] = line
            case .close(let id, let last): closed[id] = last.map(Self.text) ?? ""
            case .schedule(let timer, let wait): timers[timer] = uptime + wait
            case .unschedule(let timer): timers[timer] = nil
            case .ask, .log: break
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
        if budget == .max, !isLate, let port = conduit.port(id), let lead = leads.first(where: port.follow) {
            followed += 1
            return texts(of: lead)
        }
        let outgoing = conduit.next(for: id, budget: budget, isLate: isLate)
        if budget == .max, let lead = outgoing.lead { leads.append(lead) }
        return outgoing.items.flatMap { item in
            switch item {
            case .run(let run): texts(of: run)
            case .reply(let reply): [text(of: replies.removeValue(forKey: reply))]
            case .bytes(let bytes): [Self.text(bytes)]
            }
        }
    }

    private func texts(of run: OutgoingRun) -> [String] {
        run.positions.map { text(of: $0, isClocked: run.isClocked) }
    }

    /// A line as the hand puts it together.
    private func text(of position: LogPosition, isClocked: Bool) -> String {
        guard isClocked, let line = lines[position] else { return text(of: lines[position]) }
        return text(of: conduit.ending(of: position).map { line.dropLast(2) + $0 })
    }

    private func text(of line: [UInt8]?) -> String {
        guard let line else {
            Issue.record("a line that is gone already was to be sent")
            return ""
        }
        return Self.text(line)
    }

    static func text(_ line: [UInt8]) -> String {
        #expect(line.last == 0x0A && !line.dropLast().contains(0x0A))
        return String(decoding: line.dropLast(), as: UTF8.self)
    }

    func hasOutput(_ id: PortID) -> Bool { conduit.hasOutput(for: id) }

    var agent: Agent? { conduit.currentAgent }

    /// What was asked of the session or the daemon.
    var asked: [ConduitRequest] { recorded.compactMap { if case .ask(_, let request) = $0 { request } else { nil } } }

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
