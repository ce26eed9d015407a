// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

/// A conduit in virtual time, with the timers and the kept state that the daemon would hold for it.
final class ConduitHarness {
    /// 2025-01-01T12:00:00Z.
    static let epoch: Int64 = 1_735_732_800_000
    static let owner: UInt32 = 1000

    var conduit: Conduit
    private(set) var uptime: Int64 = 0
    private(set) var timers: [ConduitTimer: Int64] = [:]
    /// The last line of each closed port; "" if it got none.
    private(set) var closed: [PortID: String] = [:]
    private(set) var recorded: [ConduitAction] = []
    /// The changes that the conduit persisted.
    private(set) var kept: [StateChange] = []
    private var keptBefore = 0
    var showsPorts = false
    private static let portsLine = Array(#"{"event":"partyline::ports""#.utf8)
    /// From this position a new state starts: what was kept before is erased.
    private(set) var erasedUpTo: LogPosition?
    /// Handles the same events, with a log without limits. It retains lines that `conduit`'s log drops at once.
    private var witness: Conduit?
    private var witnessed: LogPosition = 1
    /// The bytes last sent to a port, and how often the next port was sent the same array.
    private var last: [UInt8] = []
    private(set) var shared = 0
    /// The changes persisted since `forget`.
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

    /// The lines logged since the last call, including those that the log has dropped already.
    func takeLogged() -> [(position: LogPosition, text: String)] {
        guard let end = witness?.log.end, end > witnessed else { return [] }
        defer { witnessed = end }
        return (witnessed..<end).compactMap { position in
            guard let body = witness?.log.entry(at: position)?.body else { return nil }
            return (position, String(decoding: body.bytes, as: UTF8.self) + "}")
        }
    }

    private func forwardToWitness(_ event: ConduitEvent) {
        if case .settings(let settings) = event {
            _ = witness?.handle(.settings(Self.unbounded(settings)), at: now)
        } else {
            _ = witness?.handle(event, at: now)
        }
        witness?.persist { _ in true }
        // Reads everything: otherwise the witness would close its ports for too many unread replies.
        for id in witness?.ports.keys.sorted() ?? [] { _ = witness?.next(for: id, budget: .max) }
    }

    /// Users 2000, 2001 and so on have one role each.
    private static let rules = Role.allCases.enumerated().map {
        AccessRule(.user(2000 + UInt32($0.offset)), $0.element)
    }

    var now: Moment { Moment(wall: Self.epoch + uptime, uptime: uptime) }

    @discardableResult
    func handle(_ event: ConduitEvent) -> [ConduitAction] {
        let actions = conduit.handle(event, at: now)
        recorded += actions
        if witness != nil { forwardToWitness(event) }
        conduit.persist { draft in
            if let start = draft.newStart { (kept, keptBefore, erasedUpTo) = ([], 0, start) }
            #expect(throws: Never.self) { kept += try draft.changes() }
            return true
        }
        for action in actions {
            switch action {
            case .close(let id, let last): closed[id] = last.map(Self.text) ?? ""
            case .schedule(let timer, let wait): timers[timer] = uptime + wait
            case .unschedule(let timer): timers[timer] = nil
            case .finish, .write, .ask, .sync, .log: break
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

    /// Opens a port and reads its first lines.
    func port(_ number: UInt64) -> PortID {
        let id = open(number)
        _ = read(id)
        return id
    }

    /// Opens a port that has read nothing yet.
    @discardableResult
    func open(_ number: UInt64, uid: UInt32 = owner) -> PortID {
        let id = PortID(number: number)
        handle(.opened(id, Self.peer(uid: uid), nonce: "n\(number)"))
        return id
    }

    /// Opens a port with a role that a rule grants, and reads its first lines.
    func port(_ number: UInt64, role: Role) -> PortID {
        let place = Role.allCases.firstIndex(of: role) ?? 0
        let id = open(number, uid: 2000 + UInt32(place))
        _ = read(id)
        return id
    }

    @discardableResult
    func send(_ id: PortID, _ text: String) -> [ConduitAction] { handle(.line(id, Array(text.utf8))) }

    /// What a port is sent now, as lines without their newlines. `partyline::ports` is left out unless `showsPorts` is set: most
    /// tests are about something else.
    func read(_ id: PortID, budget: Int = .max, isLate: Bool = false) -> [String] {
        guard let bytes = conduit.next(for: id, budget: budget, isLate: isLate) else { return [] }
        #expect(bytes.last == 0x0A)
        let isSame = bytes.withUnsafeBytes { here in last.withUnsafeBytes { here.baseAddress == $0.baseAddress } }
        if isSame { shared += 1 }
        last = bytes
        let lines = bytes.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
        return lines.filter { showsPorts || !$0.starts(with: Self.portsLine) }.map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// True if the line is still in the log.
    func hasLine(at position: LogPosition) -> Bool { conduit.log.entry(at: position) != nil }

    /// The log's lines from `position` on.
    func log(from position: LogPosition = 0) -> [(position: LogPosition, text: String)] {
        conduit.log.entries.filter { $0.position >= position }.compactMap { entry in
            entry.body.map { (entry.position, String(decoding: $0.bytes, as: UTF8.self) + "}") }
        }
    }

    static func text(_ line: [UInt8]) -> String {
        #expect(line.last == 0x0A && !line.dropLast().contains(0x0A))
        return String(decoding: line.dropLast(), as: UTF8.self)
    }

    var hasOutput: Bool { conduit.hasOutput }

    /// True if the port has unread lines.
    func hasOutput(_ id: PortID) -> Bool {
        guard let port = conduit.ports[id] else { return false }
        return !port.replies.isEmpty || port.cursor < conduit.log.end
    }

    var agent: AgentData? { conduit.agent }

    /// The requests to the session or the daemon.
    var asked: [ConduitRequest] { recorded.compactMap { if case .ask(_, let request) = $0 { request } else { nil } } }

    /// The requested snapshots.
    var syncs: [SyncTicket] { recorded.compactMap { if case .sync(let ticket) = $0 { ticket } else { nil } } }

    func forget() { (recorded, keptBefore) = ([], kept.count) }
}

/// A `partyline::error` line.
func errorLine(_ code: String, _ message: String, hint: String? = nil) -> String {
    let hint = hint.map { #","hint":\#(JSON.string($0).text)"# } ?? ""
    return
        #"{"event":"partyline::error","data":{"code":"\#(code)","#
        + #""message":\#(JSON.string(message).text)\#(hint),"retryable":false}}"#
}

func ccps(_ count: Int) -> String { #"{"event":"update_connected_ccps","data":{"length":\#(count)}}"# }

/// The update after a port has closed, which includes the number of tabs, too.
func ccpsAfterClose(_ count: Int) -> String {
    #"{"event":"update_connected_ccps","data":{"length":\#(count),"streamsTabsAcrossBrowser":0}}"#
}
