import AgentModel
import DequeModule
import StreamsProtocol

@testable import ConduitCore

extension FuzzStage {
    // MARK: Actions

    /// The lines that the log has got since this was asked last.
    func checkNewLines() throws(FuzzFault) {
        for index in conduit.log.index(from: newest + 1)..<conduit.log.entries.count {
            let entry = conduit.log.entries[index]
            newest = entry.position
            guard let body = entry.body else { continue }
            let event = try FuzzLine.check(body.line)["event"]?.string ?? ""
            let isReply = event.hasPrefix("partyline::") || event == EventName.apiResponse
            try FuzzFault.unless(!isReply, "\(event) was told to everybody")
            guard !entry.isSuperseded else { continue }
            if entry.audience != .streams, events.last ?? 0 < newest { events.append(newest) }
            if runs[newest] == nil { runs[newest] = settings.epoch }
        }
    }

    /// As the exchange has it done before a port is written to. What is kept whole was told by this run, even if it was killed
    /// before it could tell anybody.
    private func keep() throws(FuzzFault) {
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
        try keep()
        if isKilled { return nil }
        try read(id)
        if let last { try FuzzLine.check(last) }
        forget(id)
        return .closed(id)
    }

    func ask(_ id: PortID, _ request: ConduitRequest) throws(FuzzFault) {
        asks.append(.request(id, request))
        try check(id, atLeast: FuzzLine.role(for: request), "\(request)")
    }

    func ask(_ ticket: SyncTicket) throws(FuzzFault) {
        asks.append(.sync(ticket))
        switch ticket {
        case .request(let number):
            // A port that closed in the same event waits no longer.
            guard let waiting = conduit.syncs[number] else { return }
            try check(waiting.port, atLeast: .observer, "sync")
        case .call: break
        }
    }

    private func check(_ id: PortID, atLeast least: Role, _ what: String) throws(FuzzFault) {
        let role = try FuzzFault.need(ports[id]?.role, "a port that is gone asks")
        try FuzzFault.unless(role >= least, "a port of the role \(role) asked for \(what)")
    }

    // MARK: Reading

    /// A client reads until there is nothing more.
    func drain(_ id: PortID) throws(FuzzFault) {
        var rounds = 0
        while let port = conduit.ports[id], ports[id] != nil, !port.replies.isEmpty || port.cursor < conduit.log.end {
            try read(id)
            rounds += 1
            try FuzzFault.unless(rounds < 1000, "there is no end to what a port is told")
        }
    }

    func read(_ id: PortID, budget: Int = .max, isLate: Bool = false) throws(FuzzFault) {
        try keep()
        if isKilled { return try restart() }
        guard var port = ports[id], let own = conduit.ports[id] else { return }
        let from = own.cursor
        guard let bytes = conduit.next(for: id, budget: budget, isLate: isLate) else { return }
        var rest = conduit.log.index(from: from)..<conduit.log.index(from: own.cursor)
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            let value = try FuzzLine.check(Array(line) + [0x0A])
            try port.checkSight(of: value)
            if let place = rest.first(where: { isLine(line, at: $0, own.interest) }) {
                rest = (place + 1)..<rest.upperBound
                try read(conduit.log.entries[place].position, value, own, &port)
            } else {
                try read(value, &port)
            }
        }
        ports[id] = port
    }

    /// True if that is how ports of that interest are told the line at that place.
    private func isLine(_ line: ArraySlice<UInt8>, at place: Int, _ interest: Interest) -> Bool {
        let entry = conduit.log.entries[place]
        guard let body = entry.body, interest.wants(entry) else { return false }
        let ending = interest.isSubscriber ? conduit.clocks.ending(of: entry) : Array("}\n".utf8)
        if interest.key.isNarrow, entry.isUpdate { return line.starts(with: #"{"event":"agent::update""#.utf8) }
        return line.count == body.bytes.count + ending.count - 1 && line.starts(with: body.bytes)
            && line.dropFirst(body.bytes.count).elementsEqual(ending.dropLast())
    }

    /// A line of the log.
    private func read(
        _ position: LogPosition, _ value: JSON, _ own: Port, _ port: inout FuzzPort
    ) throws(FuzzFault) {
        try port.read(position)
        try checkKept(position)
        try checkSight(position, &port)
        if own.interest.isSubscriber { try checkClock(value, position, port) }
    }

    /// Anything else: a reply, the newest agent for a newcomer, or that the port missed something.
    private func read(_ value: JSON, _ port: inout FuzzPort) throws(FuzzFault) {
        let event = value["event"]?.string
        let isReply = event != EventName.lagged && event != EventName.agentUpdate
        if isReply {
            try port.read(value)
            if event == EventName.response { lastResponse = value["data"] }
        } else if event == EventName.lagged, port.sight != nil {
            port.sight = FuzzLine.position(value["data"]?["clock"])
        }
        let answer = isReply ? value["data"]?["data"] : value["data"]
        if answer?["fresh"] != nil { clocks[port.slot] = answer?["clock"]?.string }
    }

    // MARK: What must hold of a line

    /// A restart knows of it.
    private func checkKept(_ position: LogPosition) throws(FuzzFault) {
        guard events.last.map({ position <= $0 }) ?? false, events.contains(position) else { return }
        try FuzzFault.unless(position < disk.next, "event \(position) was told before it was kept")
    }

    /// Who is to be told everything has been told what came before it.
    private func checkSight(_ position: LogPosition, _ port: inout FuzzPort) throws(FuzzFault) {
        guard let sight = port.sight else { return }
        let missing = events.first { $0 > sight && $0 < position }
        try FuzzFault.unless(missing == nil, "event \(missing ?? 0) is missing between \(sight) and \(position)")
        port.sight = max(sight, position)
    }

    /// The clock is that of the newest event, of a run that there was.
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
