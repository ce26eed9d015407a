import AgentModel
import StreamsProtocol

@testable import ConduitCore

extension FuzzStage {
    // MARK: Actions

    func append(_ position: LogPosition, _ line: [UInt8]) throws(FuzzFault) {
        try FuzzFault.unless(position > newest, "line \(position) was appended after \(newest)")
        newest = position
        lines[position] = line
        let event = try FuzzLine.check(line)["event"]?.string ?? ""
        let isReply = event.hasPrefix("partyline::") || event == EventName.apiResponse
        try FuzzFault.unless(!isReply, "\(event) was told to everybody")
        guard let entry = conduit.log.entry(at: position) else { return }
        if !entry.isSuperseded, entry.audience != .streams, events.last ?? 0 < position { events.append(position) }
        if !entry.isSuperseded, runs[position] == nil { runs[position] = settings.epoch }
    }

    /// As the server has it done before it writes to a port. What is kept whole was told by this run, even if it was killed
    /// before it could tell anybody.
    private func keep() throws(FuzzFault) {
        guard !conduit.draft.isEmpty else { return }
        let changes = try disk.record(&conduit.draft, cut: cut ?? .max)
        conduit.draft.clear()
        isKilled = cut != nil
        for line in changes.flatMap(\.lines) { runs[line.position] = settings.epoch }
    }

    func close(_ id: PortID, _ last: [UInt8]?) throws(FuzzFault) -> ConduitEvent? {
        guard ports[id] != nil else { return nil }
        try keep()
        if isKilled { return nil }
        try read(id, isClosing: true)
        if let last { try FuzzLine.check(last) }
        forget(id)
        return .closed(id)
    }

    func ask(_ id: PortID, _ request: ConduitRequest) throws(FuzzFault) {
        asks.append((id, request))
        if case .sync = request, id.number == 0 { return }
        let role = try FuzzFault.need(ports[id]?.role, "a port that is gone asks")
        try FuzzFault.unless(role >= FuzzLine.role(for: request), "a port of the role \(role) asked for \(request)")
    }

    // MARK: Reading

    /// A client reads until there is nothing more.
    func drain(_ id: PortID) throws(FuzzFault) {
        var rounds = 0
        while ports[id] != nil, conduit.hasOutput(for: id) {
            try read(id)
            rounds += 1
            try FuzzFault.unless(rounds < 1000, "there is no end to what a port is told")
        }
    }

    /// - Parameter isClosing: true for a port's last read, in the middle of the event that closes it: lines that come
    ///   of that event may not be there yet.
    func read(_ id: PortID, budget: Int = .max, isLate: Bool = false, isClosing: Bool = false) throws(FuzzFault) {
        if !isClosing {
            try keep()
            if isKilled { return try restart() }
        }
        guard var port = ports[id] else { return }
        if !isLate, !isClosing, let own = conduit.port(id), let lead = leads.first(where: own.follow) {
            try read(lead, &port, isClosing: false)
            return ports[id] = port
        }
        let outgoing = conduit.next(for: id, budget: budget, isLate: isLate)
        if !isClosing, let lead = outgoing.lead { leads.append(lead) }
        for item in outgoing.items {
            switch item {
            case .run(let run): try read(run, &port, isClosing: isClosing)
            case .reply(let reply):
                let (owner, line) = try FuzzFault.need(replies.removeValue(forKey: reply), "a reply that is not there")
                try FuzzFault.unless(owner == id, "a reply to another port")
                try read(line, &port, isReply: true)
            case .bytes(let line): try read(line, &port, isReply: false)
            }
        }
        ports[id] = port
    }

    private func read(_ run: OutgoingRun, _ port: inout FuzzPort, isClosing: Bool) throws(FuzzFault) {
        for position in run.positions {
            guard let line = lines[position] else {
                try FuzzFault.unless(isClosing, "line \(position) is to be sent and was forgotten")
                continue
            }
            try port.read(position)
            try checkKept(position)
            try checkSight(position, &port)
            guard run.isClocked else {
                if port.role == .presence { try port.checkSight(of: try FuzzLine.check(line)) }
                continue
            }
            let ending = try FuzzFault.need(conduit.ending(of: position), "line \(position) has no clock")
            let value = try FuzzLine.check(LineBody(of: line).bytes + ending)
            try port.checkSight(of: value)
            try checkClock(value, position, port)
        }
    }

    private func read(_ line: [UInt8], _ port: inout FuzzPort, isReply: Bool) throws(FuzzFault) {
        let value = try FuzzLine.check(line)
        try port.checkSight(of: value)
        if isReply {
            try port.read(value)
            if value["event"]?.string == EventName.response { lastResponse = value["data"] }
        } else if value["event"]?.string == EventName.lagged, port.sight != nil {
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
