// SPDX-License-Identifier: Apache-2.0
import AgentModel
import DequeModule
import StreamsProtocol

@testable import ConduitCore

extension FuzzStage {
    // MARK: Actions

    /// Checks the lines that were logged since the last call.
    func checkNewLines() throws(FuzzFault) {
        for index in conduit.log.index(from: newest + 1)..<conduit.log.entries.count {
            let entry = conduit.log.entries[index]
            newest = entry.position
            guard let body = entry.body else { continue }
            let event = try FuzzLine.check(body.line)["event"]?.string ?? ""
            let isState = [EventName.auth, EventName.link, EventName.ports].contains(event)
            let isReply = event.hasPrefix("partyline::") && !isState || event == EventName.apiResponse
            try FuzzFault.unless(!isReply, "the reply \(event) is in the log")
            guard !entry.isSuperseded else { continue }
            if entry.audience != .streams, events.last ?? 0 < newest { events.append(newest) }
            if runs[newest] == nil { runs[newest] = settings.epoch }
        }
    }

    /// Persists changes, as the exchange does before a port is written to. A change that was persisted completely
    /// belongs to this run, even if the run was killed before it sent the lines.
    private func persist() throws(FuzzFault) {
        var result = Result<[StateChange], FuzzFault>.success([])
        conduit.persist { draft in
            result = Result { () throws(FuzzFault) in try disk.record(&draft, cut: cut ?? .max) }
            isKilled = cut != nil
            return true
        }
        for line in try result.get().flatMap(\.lines) { runs[line.position] = settings.epoch }
    }

    func close(_ id: PortID, _ last: [UInt8]?) throws(FuzzFault) -> ConduitEvent? {
        guard ports[id] != nil else { return nil }
        try persist()
        if isKilled { return nil }
        try read(id)
        if let last { try FuzzLine.check(last) }
        forget(id)
        return .closed(id)
    }

    func ask(_ id: PortID, _ request: ConduitRequest) throws(FuzzFault) {
        pendingRequests.append(.request(id, request))
        try check(id, atLeast: FuzzLine.role(for: request), "\(request)")
    }

    func ask(_ ticket: SyncTicket) throws(FuzzFault) {
        pendingRequests.append(.sync(ticket))
        switch ticket {
        case .request(let number):
            // A port that closed during the same event has dropped its request.
            guard let waiting = conduit.syncs[number] else { return }
            try check(waiting.port, atLeast: .observer, "sync")
        case .call: break
        }
    }

    private func check(_ id: PortID, atLeast least: Role, _ what: String) throws(FuzzFault) {
        let role = try FuzzFault.need(ports[id]?.role, "a request of a closed port")
        try FuzzFault.unless(role >= least, "a port with the role \(role) requested \(what)")
    }

    // MARK: Reading

    /// Reads until the port has no more lines.
    func drain(_ id: PortID) throws(FuzzFault) {
        var rounds = 0
        while let port = conduit.ports[id], ports[id] != nil, !port.replies.isEmpty || port.cursor < conduit.log.end {
            try read(id)
            rounds += 1
            try FuzzFault.unless(rounds < 1000, "a port gets lines without end")
        }
    }

    func read(_ id: PortID, budget: Int = .max, isLate: Bool = false) throws(FuzzFault) {
        try persist()
        if isKilled { return try restart() }
        guard var port = ports[id], let own = conduit.ports[id] else { return }
        let from = own.cursor
        guard let bytes = conduit.next(for: id, budget: budget, isLate: isLate) else { return }
        var rest = conduit.log.index(from: from)..<conduit.log.index(from: own.cursor)
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            let value = try FuzzLine.check(Array(line) + [0x0A])
            try port.checkVisibility(of: value)
            if let place = rest.first(where: { isLine(line, at: $0, own.interest) }) {
                rest = (place + 1)..<rest.upperBound
                try read(conduit.log.entries[place].position, value, own, &port)
            } else {
                try read(value, &port)
            }
        }
        ports[id] = port
    }

    /// True if ports of that interest get the entry at `place` as this line.
    private func isLine(_ line: ArraySlice<UInt8>, at place: Int, _ interest: Interest) -> Bool {
        let entry = conduit.log.entries[place]
        guard let body = entry.body, interest.matches(entry) else { return false }
        let ending = interest.isSubscriber ? conduit.clocks.ending(of: entry) : Array("}\n".utf8)
        if interest.key.isNarrow, entry.isUpdate { return line.starts(with: #"{"event":"agent::update""#.utf8) }
        return line.count == body.bytes.count + ending.count - 1 && line.starts(with: body.bytes)
            && line.dropFirst(body.bytes.count).elementsEqual(ending.dropLast())
    }

    private func read(
        _ position: LogPosition, _ value: JSON, _ own: Port, _ port: inout FuzzPort
    ) throws(FuzzFault) {
        try port.read(position)
        try checkKept(position)
        try checkNothingMissing(position, &port)
        if own.interest.isSubscriber { try checkClock(value, position, port) }
    }

    /// Handles any other line: a reply, the newest agent for a new port, or partyline::lagged.
    private func read(_ value: JSON, _ port: inout FuzzPort) throws(FuzzFault) {
        // A state of the seat, for a subscription that starts afresh.
        if value["existing"] == true { return }
        let event = value["event"]?.string
        let isReply = event != EventName.lagged && event != EventName.agentUpdate
        if isReply {
            try port.read(value)
            if event == EventName.response { lastResponse = value["data"] }
        } else if event == EventName.lagged, port.receivedUpTo != nil {
            port.receivedUpTo = FuzzLine.position(value["data"]?["clock"])
        }
        let answer = isReply ? value["data"]?["data"] : value["data"]
        if answer?["fresh"] != nil { clocks[port.slot] = answer?["clock"]?.string }
    }

    // MARK: Invariants of lines

    /// Requires that a restart finds the event.
    private func checkKept(_ position: LogPosition) throws(FuzzFault) {
        guard events.last.map({ position <= $0 }) ?? false, events.contains(position) else { return }
        try FuzzFault.unless(position < disk.next, "event \(position) was sent before it was kept")
    }

    /// Requires that a port that subscribed to everything has received every earlier event.
    private func checkNothingMissing(_ position: LogPosition, _ port: inout FuzzPort) throws(FuzzFault) {
        guard let start = port.receivedUpTo else { return }
        let missing = events.first { $0 > start && $0 < position }
        try FuzzFault.unless(missing == nil, "event \(missing ?? 0) is missing between \(start) and \(position)")
        port.receivedUpTo = max(start, position)
    }

    /// Requires the clock of the newest event, with the epoch of the run that logged it.
    private func checkClock(_ line: JSON, _ position: LogPosition, _ port: FuzzPort) throws(FuzzFault) {
        let clock = line["clock"]?.string ?? ""
        let place = FuzzLine.position(line["clock"])
        let isEvent = events.contains(position)
        let fits = isEvent ? place == position : place ?? .max <= position
        let run = place.flatMap { runs[$0] } ?? String(clock.prefix { $0 != ":" })
        try FuzzFault.unless(fits && clock.hasPrefix("\(run):"), "line \(position) has the clock \(clock)")
        try FuzzFault.unless(
            line["time"]?.string.flatMap { Timestamp.milliseconds($0) } != nil, "line \(position) has no time")
        clocks[port.slot] = clock
    }
}
