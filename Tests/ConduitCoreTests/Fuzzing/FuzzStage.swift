import AgentModel
import StreamsProtocol

@testable import ConduitCore

/// A conduit and what the daemon's hands hold for it, in virtual time; every action is held against what was before.
final class FuzzStage {
    var conduit: Conduit
    var settings: ConduitSettings
    var wall: Int64 = 1_735_732_800_000
    var uptime: Int64 = 0
    var ports: [PortID: FuzzPort] = [:]
    var slots: [UInt8: PortID] = [:]
    /// The last clock that the client in a slot was told. It survives its ports, and the daemon.
    var clocks: [UInt8: String] = [:]
    var newest: LogPosition = 0
    var timers: [ConduitTimer: Int64] = [:]
    /// What waits for an answer of the session or the daemon.
    var asks: [Ask] = []
    /// The events that a subscriber to everything is told.
    var events: [LogPosition] = []
    /// The run of the daemon in which an event was told first: the first part of its clock, for ever.
    var runs: [LogPosition: String] = [:]
    var lastResponse: JSON?
    var isDown = false
    var disk = FuzzDisk()
    /// The daemon will be killed in the middle of what it keeps next, after so many bytes.
    var cut: Int?
    var isKilled = false
    var run = 0
    var nextPort: UInt64 = 1

    init(kept: KeptState? = nil, epoch: String = "e0") throws(FuzzFault) {
        settings = Self.settings(epoch)
        conduit = Conduit(settings: settings, kept: kept)
        for line in kept?.lines ?? [] { runs[line.position] = kept?.runs.first { line.position <= $0.last }?.epoch }
        _ = try disk.begin(epoch: epoch)
    }

    var now: Moment { Moment(wall: wall + uptime, uptime: uptime) }

    // MARK: Events

    func handle(_ event: ConduitEvent) throws(FuzzFault) {
        var inbox = [event]
        while !inbox.isEmpty {
            let actions = conduit.handle(inbox.removeFirst(), at: now)
            try checkNewLines()
            for action in actions {
                if let next = try perform(action) { inbox.append(next) }
                // It was killed: nothing that would come after is seen by anybody.
                if isKilled { return try restart() }
            }
        }
    }

    /// Time goes by; what is due then happens.
    func advance(_ milliseconds: Int64) throws(FuzzFault) {
        let end = uptime + milliseconds
        while let (timer, due) = timers.min(by: { $0.value < $1.value }), due <= end {
            timers[timer] = nil
            uptime = max(uptime, due)
            try handle(.timer(timer))
        }
        uptime = max(uptime, end)
    }

    /// The daemon is gone and comes back; what it finds is what it has kept.
    func restart() throws(FuzzFault) {
        (ports, slots, timers, asks) = ([:], [:], [:], [])
        (newest, cut, isKilled, isDown) = (0, nil, false, false)
        run += 1
        settings.epoch = "e\(run)"
        let kept = try disk.begin(epoch: settings.epoch)
        try disk.check(kept)
        events.removeAll { $0 >= disk.next }
        runs = runs.filter { $0.key < disk.next }
        conduit = Conduit(settings: settings, kept: kept)
        try checkNewLines()
    }

    // MARK: Clients

    /// Somebody connects. Whoever had the slot hangs up before.
    @discardableResult
    func open(slot: UInt8, uid: UInt32, pid: Int32 = 42) throws(FuzzFault) -> PortID {
        try hangUp(slot: slot)
        let id = PortID(number: nextPort)
        nextPort += 1
        let peer = Peer(pid: pid, uid: uid, groups: [uid], program: "fuzz")
        ports[id] = FuzzPort(slot: slot, role: settings.access.role(of: peer))
        slots[slot] = id
        try handle(.opened(id, peer, nonce: "n\(id.number)"))
        return id
    }

    func hangUp(slot: UInt8) throws(FuzzFault) {
        guard let id = slots[slot] else { return }
        forget(id)
        try handle(.closed(id))
    }

    func say(slot: UInt8, _ line: some Collection<UInt8>) throws(FuzzFault) {
        guard let id = slots[slot] else { return }
        let line = Array(line)
        if let message = try? ClientMessage(line: line) { ports[id]?.said(message) }
        try handle(.line(id, line))
    }

    /// The same for several lines that came together.
    func say(slot: UInt8, lines: [some Collection<UInt8>]) throws(FuzzFault) {
        guard let id = slots[slot], !lines.isEmpty else { return }
        let lines = lines.map { Array($0) }
        for line in lines {
            if let message = try? ClientMessage(line: line) { ports[id]?.said(message) }
        }
        try handle(.lines(id, lines))
    }

    /// Somebody comes back and asks for everything since the last event that he knows of.
    func resume(slot: UInt8) throws(FuzzFault) {
        let id = try open(slot: slot, uid: Self.uid(of: .observer))
        try drain(id)
        var params = JSONObject([("events", ["*"])])
        params["since"] = clocks[slot].map { .string($0) }
        let data: JSON = ["requestId": "resume", "method": "subscribe", "params": .object(params)]
        try say(slot: slot, ServerLine.encode(EventName.request, data).dropLast())
        ports[id]?.isResuming = true
        try drain(id)
    }

    func forget(_ id: PortID) {
        if let slot = ports.removeValue(forKey: id)?.slot, slots[slot] == id { slots[slot] = nil }
    }

    // MARK: Actions

    /// Does it. A port that was closed is gone next.
    private func perform(_ action: ConduitAction) throws(FuzzFault) -> ConduitEvent? {
        switch action {
        case .write(let port): try read(port)
        case .close(let port, let last): return try close(port, last)
        case .schedule(let timer, let delay):
            try FuzzFault.unless(delay >= 0, "a timer in \(delay) ms")
            timers[timer] = uptime + delay
        case .unschedule(let timer): timers[timer] = nil
        case .ask(let port, let request): try ask(port, request)
        case .sync(let ticket): try ask(ticket)
        case .log(_, let message, _): try FuzzFault.unless(!message.isEmpty, "an empty entry of the daemon's log")
        }
        return nil
    }
}
