// SPDX-License-Identifier: Apache-2.0
import AgentModel
import DequeModule
import StreamsProtocol

extension Conduit {
    /// `subscribe {events, since?, mode?, existing?}`: from now on the port receives matching events and its own replies.
    ///
    /// Registration, snapshot and clock are one atomic step. The reply comes first; after it come all events since the
    /// snapshot, or since the client's clock.
    mutating func subscribe(_ request: Request) {
        guard let port = ports[request.port] else { return }
        let texts = (request.params["events"]?.array ?? []).compactMap(\.string)
        let bytes = texts.reduce(0) { $0 + $1.utf8.count }
        guard !texts.isEmpty, texts.count <= Self.patternLimit, bytes <= Self.patternBytes else {
            return refusePatterns(request, nil)
        }
        let patterns = texts.compactMap { try? EventPattern($0) }
        guard patterns.count == texts.count else {
            return refusePatterns(request, texts.first { (try? EventPattern($0)) == nil })
        }
        let unseen = patterns.filter { !CommandTable.canMatch($0, for: port.role) }
        guard unseen.count < patterns.count else { return refuseUnseen(request, port, unseen) }
        switchInterest(
            of: port,
            to: .init(
                patterns: patterns, isLatest: request.params["mode"]?.string.flatMap(SubscriptionMode.init) == .latest,
                role: port.role))
        port.wantsExisting = request.params["existing"]?.bool ?? false
        let since = request.params["since"].flatMap { $0.isNull ? nil : resumption(of: $0.string ?? "") }
        port.replaysUntil = since == nil ? 0 : log.end
        setCursor(of: port, to: since.map { $0 + 1 } ?? log.end)
        let states = stateLines(for: port, clock: clock(since ?? log.lastEvent)).joined()
        let standing = since == nil ? standingLines(for: port, clock: clock) : []
        respond(
            port.id, request.id,
            .data(
                subscription(
                    since: since, snapshot: snapshot(for: port.role),
                    seat: port.role == .presence || seat.entries.isEmpty ? nil : seat.json,
                    age: staleness(of: derivation.agent),
                    unseen: unseen)),
            after: port.cursor, followedBy: states + standing, isFirstAgent: !port.hasFirstAgent)
        port.hasFirstAgent = true
    }

    /// Patterns are kept as long as the port is subscribed, so their number and bytes are limited. A client that needs
    /// more can use `*`.
    private static let patternLimit = 256
    private static let patternBytes = 16 << 10

    private func subscription(
        since: LogPosition?, snapshot: JSON?, seat: JSON?, age: JSONObject?, unseen: [EventPattern]
    ) -> JSON {
        var answer = JSONObject([("clock", .string(since.map { clock($0) } ?? clock)), ("fresh", .bool(since == nil))])
        if since == nil { answer["snapshot"] = snapshot }
        for member in age?.members ?? [] { answer[member.name] = member.value }
        if let seat { answer["seat"] = seat }
        if !unseen.isEmpty { answer["unseen"] = .array(unseen.map { .string($0.text) }) }
        return .object(answer)
    }

    /// Refuses a subscription that would wait for ever, because its role sees none of the events.
    private mutating func refuseUnseen(_ request: Request, _ port: Port, _ unseen: [EventPattern]) {
        counters.refusedMessages += 1
        let shown = unseen.prefix(3).map(\.text).joined(separator: ", ") + (unseen.count > 3 ? ", …" : "")
        let error = ProtocolError(
            .notPermitted, "these events need the role observer; this port has \(port.role.rawValue): \(shown)",
            hint: Self.roleHint)
        respond(request.port, request.id, .error(error))
    }

    private mutating func refusePatterns(_ request: Request, _ text: String?) {
        let fault =
            text.map { "\"\($0.prefix(64))\" in params.events is not a pattern" }
            ?? "params.events has to have 1 to \(Self.patternLimit) patterns, \(Self.patternBytes) bytes in total"
        let error = ProtocolError(
            .invalidParams, fault,
            hint: #"a pattern is an event name, with * for a part: {"events":["contact::*","agent::state_change"]}"#)
        respond(request.port, request.id, .error(error))
    }

    /// `unsubscribe`: returns the port to the Streams dialect.
    mutating func unsubscribe(_ request: Request) {
        guard let port = ports[request.port] else { return }
        guard port.interest.isSubscriber else {
            return respond(port.id, request.id, .data(["clock": .string(clock)]))
        }
        switchInterest(of: port, to: .init(patterns: nil, isLatest: false, role: port.role))
        port.replaysUntil = 0
        // The events from the cursor to the end of the log are not sent any more, so the clock is that of the cursor.
        let known = min(log.lastEvent, max(port.cursor, 1) - 1)
        setCursor(of: port, to: log.end)
        respond(port.id, request.id, .data(["clock": .string(clock(known))]))
        replyAgent(to: port)
    }

    private mutating func switchInterest(of port: Port, to key: Interest.Key) {
        let interest = interest(key)
        release(port.interest)
        port.interest = interest
        // A subscriber receives the agent in the snapshot, if at all.
        port.forgetAgentReply()
    }

    /// Moves the cursor. Queued replies are sent first: the cursor may move back, and they must not wait for it.
    private func setCursor(of port: Port, to position: LogPosition) {
        for index in port.replies.indices { port.replies[index].after = 0 }
        port.cursor = position
        port.isLagNoted = false
        port.reportedLoss = max(log.lastLost, position - 1)
    }

    // MARK: Clocks

    /// The clock of the newest event.
    var clock: String { clock(log.lastEvent) }

    func clock(_ position: LogPosition) -> String { clocks.text(position) }

    /// The position of a client's clock; nil if the clock is invalid or events after it have been dropped.
    private func resumption(of clock: String) -> LogPosition? {
        guard let colon = clock.lastIndex(of: ":"), let position = LogPosition(clock[clock.index(after: colon)...])
        else { return nil }
        let epoch = clock[..<colon]
        let last = epoch == settings.epoch ? log.lastEvent : clocks.formerRuns.first { $0.epoch == epoch }?.last
        guard let last, position <= last, position >= max(log.lastDropped, log.historyStart) else { return nil }
        return position
    }
}
