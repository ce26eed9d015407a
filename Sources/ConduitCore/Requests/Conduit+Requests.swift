// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension Conduit {
    /// Handles a `partyline::request`. It gets exactly one `partyline::response`, if it has a usable `requestId`.
    mutating func request(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        let members = data?.members("requestId", "method", "params")
        guard let requestId = members?["requestId"], requestId.isStringOrNumber else {
            throw ProtocolError(
                .invalidParams, "a partyline::request needs a requestId that is a string or a number",
                hint: #"{"event":"partyline::request","data":{"requestId":1,"method":"getStatus"}}"#)
        }
        do throws(ProtocolError) {
            try dispatch(port, requestId, members?["method"]?.string, members?["params"]?.value)
        } catch {
            respond(port.id, requestId, .error(error))
        }
    }

    private mutating func dispatch(
        _ port: Port, _ requestId: RawJSON, _ name: String?, _ params: JSON?
    ) throws(ProtocolError) {
        if let error = admit(port) { throw error }
        guard let method = name.flatMap({ CommandTable.methods[$0] }) else { throw CommandTable.unknownMethod(name) }
        guard port.role >= method.role else {
            counters.refusedMessages += 1
            throw ProtocolError(
                .notPermitted,
                "\(method.name) needs the role \(method.role.rawValue); this port has \(port.role.rawValue)",
                hint: Self.roleHint)
        }
        method.handle(&self, Request(port: port.id, id: requestId, params: try method.check(params)))
    }

    // MARK: Answered at once

    mutating func getAgent(_ request: Request) {
        // The session replies with the reason that there is no agent.
        let role = ports[request.port]?.role ?? .presence
        guard let agent else { return forward(request, .agent(requestId: request.id, role)) }
        var answer = age(of: agent)
        answer["agent"] = role == .presence ? Self.narrow(agent) : agent.json
        respond(request.port, request.id, .data(.object(answer)))
    }

    private func age(of agent: AgentData) -> JSONObject {
        var object = JSONObject([("clock", .string(clock))])
        for member in staleness(of: agent, asOf: now.wall)?.members ?? [] { object[member.name] = member.value }
        return object
    }

    /// How old the agent's data are: `{asOf, ageMs, stale}`. Nil if that is not known.
    ///
    /// - Parameter fallback: the time of a snapshot that does not tell it.
    func staleness(of agent: AgentData?, asOf fallback: Int64? = nil) -> JSONObject? {
        guard let asOf = agent?.snapshot.json["localTimestamp"]?.int.map({ Int64($0) }) ?? fallback else { return nil }
        var object = JSONObject([
            ("asOf", .string(Timestamp.text(milliseconds: asOf))), ("ageMs", .int(Int(max(0, now.wall - asOf)))),
        ])
        if link != nil { object["stale"] = .bool(isStale) }
        return object
    }

    // MARK: Forwarded

    mutating func getStatus(_ request: Request) {
        forward(request, .status(requestId: request.id, ports[request.port]?.role ?? .presence))
    }

    mutating func setLogLevel(_ request: Request) {
        // Never nil: the command table has checked the level.
        guard let level = request.params["level"]?.string.flatMap(LogLevel.init(rawValue:)) else { return }
        recordMethod(request, "setLogLevel", ["level": level.rawValue])
        forward(request, .setLogLevel(requestId: request.id, level))
    }

    mutating func reload(_ request: Request) {
        recordMethod(request, "reload")
        forward(request, .reload(requestId: request.id))
    }

    mutating func setCredentials(_ request: Request) {
        recordMethod(request, "setCredentials")
        let cookies = Secret(request.params["cookies"]?.string ?? "")
        forward(request, .setCredentials(requestId: request.id, cookies: cookies))
    }

    mutating func getQuickConnects(_ request: Request) {
        let given = request.params["queueARNs"] ?? .null
        let arns = given.string.map { [$0] } ?? (given.array ?? []).compactMap(\.string)
        forward(request, .quickConnects(requestId: request.id, queueARNs: arns))
    }

    mutating func updateSettings(_ request: Request) {
        recordMethod(request, "updateSettings", what: "a call")
        forward(request, .updateSettings(requestId: request.id, patch: request.params["patch"]?.object ?? JSONObject()))
    }

    mutating func logout(_ request: Request) {
        // Never nil: the command table has checked it.
        guard let moment = request.params["when"]?.string.flatMap(LogoutMoment.init(rawValue:)) else { return }
        recordMethod(request, "logout", ["when": moment.rawValue])
        forward(request, .logout(requestId: request.id, moment))
    }

    mutating func beginSignIn(_ request: Request) {
        recordMethod(request, "beginSignIn")
        ports[request.port]?.hasBegunSignIn = true
        forward(request, .beginSignIn(requestId: request.id))
    }

    mutating func abandonSignIn(_ request: Request) {
        recordMethod(request, "abandonSignIn")
        forward(request, .abandonSignIn(requestId: request.id, id: request.params["id"]?.string ?? ""))
    }

    mutating func terminateSession(_ request: Request) {
        guard let port = ports[request.port] else { return }
        recordMethod(request, "terminate")
        ask(port, .terminate)
        respond(port.id, request.id, .data([:]))
    }

    /// Forwards a request to the session or the daemon, and charges it until the reply.
    private mutating func forward(_ request: Request, _ ask: ConduitRequest) {
        guard let port = ports[request.port] else { return }
        if let error = chargeRequest(of: port) { return respond(port.id, request.id, .error(error)) }
        self.ask(port, ask)
    }

    private mutating func recordMethod(
        _ request: Request, _ method: String, _ fields: [String: String] = [:], what: String = "an admin method"
    ) {
        guard let port = ports[request.port] else { return }
        record(port, what, fields.merging(["method": method]) { $1 })
    }

    /// Sends the reply to a forwarded request.
    mutating func responded(_ id: PortID, _ requestId: RawJSON, _ response: ConduitEvent.Response) {
        settle(id)
        if case .encoded(let data) = response, let port = ports[id],
            case .failure(let refusal) = port.account.charge(bytes: data.bytes.count)
        {
            return respond(id, requestId, .error(refusal.error))
        }
        respond(id, requestId, response)
    }

    mutating func answered(_ ticket: RequestTicket, _ outcome: CallOutcome) {
        causes.answered(ticket, outcome, derivation.agent)
        switch ticket {
        case .request(let id, let requestId):
            settle(id)
            let (data, err) = outcome.apiResponse
            answer(id, requestId, data, err)
        case .call(let number):
            abandonedCalls[number] = nil
            forwardToCalls(.answered(number, outcome))
        }
    }

    // MARK: sync

    /// `sync`: requests a snapshot now. The reply follows the snapshot and every event derived from it.
    mutating func sync(_ request: Request) {
        guard let port = ports[request.port] else { return }
        if let error = chargeRequest(of: port) { return respond(port.id, request.id, .error(error)) }
        record(port, "a sync")
        syncs[nextSync] = Waiting(port: port.id, requestId: request.id)
        let deadline = request.params["deadlineMs"]?.int.map { Int64($0) } ?? 15_000
        actions.append(.schedule(.sync(nextSync), after: deadline))
        actions.append(.sync(.request(nextSync)))
        nextSync += 1
    }

    mutating func synced(_ ticket: SyncTicket, _ error: ProtocolError?) {
        switch ticket {
        case .request(let number): syncEnded(number, error)
        case .call(let number): forwardToCalls(.synced(number, error))
        }
    }

    private mutating func syncEnded(_ number: UInt64, _ error: ProtocolError?) {
        guard let waiting = syncs.removeValue(forKey: number) else { return }
        actions.append(.unschedule(.sync(number)))
        settle(waiting.port)
        if let error { return respond(waiting.port, waiting.requestId, .error(error)) }
        let answer = agent.map { JSON.object(age(of: $0)) } ?? ["clock": .string(clock)]
        respond(waiting.port, waiting.requestId, .data(answer))
    }

    mutating func syncExpired(_ number: UInt64) {
        let error = ProtocolError(
            .timeout, "no snapshot came in time", hint: "partyline status", retryable: true)
        syncEnded(number, error)
    }

    // MARK: call

    mutating func call(_ request: Request) {
        guard let port = ports[request.port] else { return }
        if let error = chargeRequest(of: port) { return respond(port.id, request.id, .error(error)) }
        forwardToCalls(
            .asked(
                CallKeeper.Request(
                    port: port.id, requestId: request.id, uid: port.peer.uid,
                    method: request.params["method"]?.string ?? "", params: request.params["params"] ?? .null,
                    isConfirmed: request.params["confirm"]?.bool ?? false,
                    deadline: request.params["deadlineMs"]?.int.map { Int64($0) } ?? 30_000,
                    key: request.params["idempotencyKey"]?.string)))
    }

    /// The deadline of a call has passed. The service may still carry it out, so it stays charged until the service
    /// answers.
    mutating func callExpired(_ number: UInt64) {
        if calls.calls[number] != nil, let waiter = calls.waiters[number] {
            abandonedCalls[number] = openRequests[waiter.port]?.last
        }
        forwardToCalls(.deadline(number))
    }

    /// The port closes. Its calls in progress stay charged until the service answers: otherwise a client could exceed
    /// the limit of calls by reconnecting.
    mutating func abandonCalls(of id: PortID) {
        for (number, waiter) in calls.waiters where waiter.port == id {
            let charge = openRequests[id]?.popLast()
            if calls.calls[number] != nil { abandonedCalls[number] = charge }
        }
        if openRequests[id]?.isEmpty == true { openRequests[id] = nil }
        forwardToCalls(.closed(id))
    }

    /// Sends an event to the `CallKeeper` and carries out its steps.
    mutating func forwardToCalls(_ event: CallKeeper.Event) {
        for step in calls.handle(event, at: now, clock: clock) { run(step) }
    }

    private mutating func run(_ step: CallKeeper.Step) {
        switch step {
        case .call(let number, let id, let method, let params):
            if let port = ports[id] { record(port, "a call", ["method": String(method.prefix(64))]) }
            if let port = ports[id] {
                causes.asked(.call(number), method, params, by: Author(port), before: derivation.agent)
            }
            let deadline = calls.waiters[number]?.deadline
            actions.append(.ask(id, .call(.call(number), method: method, params: params, deadline: deadline)))
        case .sync(let number): actions.append(.sync(.call(number)))
        case .schedule(let number, let delay): actions.append(.schedule(.call(number), after: delay))
        case .unschedule(let number): actions.append(.unschedule(.call(number)))
        case .respond(let id, let requestId, let response): responded(id, requestId, response)
        case .log(let level, let message, let fields): actions.append(.log(level, message, fields))
        }
    }

    // MARK: Replies

    mutating func respond(
        _ id: PortID, _ requestId: RawJSON, _ response: ConduitEvent.Response, after: LogPosition? = nil,
        followedBy lines: [UInt8] = [], isFirstAgent: Bool = false
    ) {
        var data = Array(#"{"requestId":"#.utf8)
        requestId.value.write(to: &data)
        data += #","data":"#.utf8
        switch response {
        case .data(let value): value.write(to: &data)
        case .encoded(let value): data += value.bytes
        case .error: data += "null".utf8
        }
        data += #","err":"#.utf8
        if case .error(let error) = response { error.json.write(to: &data) } else { data += "null".utf8 }
        data += "}".utf8
        let line = ServerLine.encode(EventName.response, raw: data[...])
        reply(id, line + lines, after: after, isFirstAgent: isFirstAgent)
    }

    mutating func answer(_ id: PortID, _ requestId: RawJSON?, _ data: JSON?, _ error: String?) {
        var object = JSONObject([("event", .string(EventName.apiResponse))])
        object["requestId"] = requestId?.value
        object["data"] = data
        object["err"] = error.map { .string($0) } ?? .null
        reply(id, EventName.apiResponse, .object(object))
    }
}

extension RawJSON {
    fileprivate var isStringOrNumber: Bool {
        guard let first = bytes.first else { return false }
        return first == UInt8(ascii: "\"") || first == UInt8(ascii: "-")
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    }
}
