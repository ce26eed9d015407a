// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

@testable import ConduitCore

/// A conduit in virtual time, with the state that the daemon would hold for it. Every action is checked.
final class FuzzStage {
    var conduit: Conduit
    var settings: ConduitSettings
    var wall: Int64 = 1_735_732_800_000
    var uptime: Int64 = 0
    var ports: [PortID: FuzzPort] = [:]
    var slots: [UInt8: PortID] = [:]
    /// The last clock that the client in a slot received. It survives ports and restarts.
    var clocks: [UInt8: String] = [:]
    var newest: LogPosition = 0
    var timers: [ConduitTimer: Int64] = [:]
    /// Requests to the session or the daemon that are not answered yet.
    var pendingRequests: [PendingRequest] = []
    /// The events that a subscriber to everything gets.
    var events: [LogPosition] = []
    /// The epoch of the run that logged an event, which is the first part of its clock in later runs, too.
    var runs: [LogPosition: String] = [:]
    var lastResponse: JSON?
    var isDown = false
    var disk = FuzzDisk()
    /// The daemon is killed at the next persist, after so many bytes of the last write.
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
        let first = run
        var inbox = [event]
        while !inbox.isEmpty {
            let actions = conduit.handle(inbox.removeFirst(), at: now)
            try checkNewLines()
            for action in actions {
                if let next = try perform(action) { inbox.append(next) }
                // The daemon was killed, or has been restarted already by a read: no later action is carried out.
                if isKilled { return try restart() }
                if run != first { return }
            }
        }
    }

    /// Advances the clock. Timers that are due fire.
    func advance(_ milliseconds: Int64) throws(FuzzFault) {
        let end = uptime + milliseconds
        while let (timer, due) = timers.min(by: { $0.value < $1.value }), due <= end {
            timers[timer] = nil
            uptime = max(uptime, due)
            try handle(.timer(timer))
        }
        uptime = max(uptime, end)
    }

    /// The daemon ends and starts again with the state that it kept.
    func restart() throws(FuzzFault) {
        (ports, slots, timers, pendingRequests) = ([:], [:], [:], [])
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

    /// Connects a client. The slot's former client disconnects first.
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

    func send(slot: UInt8, _ line: some Collection<UInt8>) throws(FuzzFault) {
        guard let id = slots[slot] else { return }
        let line = Array(line)
        if let message = try? ClientMessage(line: line) { ports[id]?.sent(message) }
        try handle(.line(id, line))
    }

    func send(slot: UInt8, lines: [some Collection<UInt8>]) throws(FuzzFault) {
        guard let id = slots[slot], !lines.isEmpty else { return }
        let lines = lines.map { Array($0) }
        for line in lines {
            if let message = try? ClientMessage(line: line) { ports[id]?.sent(message) }
        }
        try handle(.lines(id, lines))
    }

    /// Reconnects a client and subscribes to everything since its last clock.
    func resume(slot: UInt8) throws(FuzzFault) {
        let id = try open(slot: slot, uid: Self.uid(of: .observer))
        try drain(id)
        var params = JSONObject([("events", ["*"])])
        params["since"] = clocks[slot].map { .string($0) }
        let data: JSON = ["requestId": "resume", "method": "subscribe", "params": .object(params)]
        try send(slot: slot, ServerLine.encode(EventName.request, data).dropLast())
        ports[id]?.isResuming = true
        try drain(id)
    }

    func forget(_ id: PortID) {
        if let slot = ports.removeValue(forKey: id)?.slot, slots[slot] == id { slots[slot] = nil }
    }

    // MARK: Actions

    /// Carries out an action. Returns the close of a port as the next event.
    private func perform(_ action: ConduitAction) throws(FuzzFault) -> ConduitEvent? {
        switch action {
        case .write(let port): try read(port)
        case .close(let port, let last): return try close(port, last)
        case .finish(let port): return try close(port, nil)
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
