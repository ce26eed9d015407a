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

    init(_ change: (inout ConduitSettings) -> Void = { _ in }) {
        var settings = ConduitSettings(epoch: "e1", access: AccessRules(ownUid: Self.owner))
        change(&settings)
        conduit = Conduit(settings: settings)
    }

    var now: Moment { Moment(wall: Self.epoch + uptime, uptime: uptime) }

    @discardableResult
    func handle(_ event: ConduitEvent) -> [ConduitAction] {
        let actions = conduit.handle(event, at: now)
        recorded += actions
        for action in actions {
            switch action {
            case .append(let position, let line): lines[position] = line
            case .discard(let first): lines = lines.filter { $0.key >= first }
            case .reply(_, let id, let line): replies[id] = line
            case .close(let id, let last): closed[id] = last.map(Self.text) ?? ""
            case .schedule(let timer, let wait): timers[timer] = uptime + wait
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

    /// A port of a role that the default rule does not give.
    func port(_ number: UInt64, role: Role) -> PortID {
        let id = PortID(number: number)
        conduit.ports[id] = Port(
            id: id, name: "p\(number)", peer: Self.peer(), role: role, connectedAt: Self.epoch, cursor: conduit.log.end)
        return id
    }

    @discardableResult
    func say(_ id: PortID, _ text: String) -> [ConduitAction] { handle(.line(id, Array(text.utf8))) }

    /// What a port is sent now, each line without its newline.
    func read(_ id: PortID, budget: Int = .max) -> [String] {
        conduit.next(for: id, budget: budget).map { item in
            switch item {
            case .line(let position): return text(of: lines[position])
            case .reply(let reply): return text(of: replies.removeValue(forKey: reply))
            case .bytes(let bytes): return Self.text(bytes)
            }
        }
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

    /// What was asked of the session or the daemon.
    var asked: [ConduitRequest] { recorded.compactMap { if case .ask(_, let request) = $0 { request } else { nil } } }

    func forget() { recorded = [] }
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
