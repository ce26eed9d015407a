// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension Session {
    /// - Parameter queueARNs: empty for all queues of the routing profile.
    mutating func fetchQuickConnects(_ ticket: ReplyTicket, _ queueARNs: [String]) {
        if let error = requestRejection { return reply(ticket, error) }
        if let error = Self.problem(of: queueARNs) { return reply(ticket, error) }
        var seen: Set<String> = []
        guard let queues = queueARNs.isEmpty ? profileQueues : queueARNs.filter({ seen.insert($0).inserted }) else {
            return reply(
                ticket,
                ProtocolError(
                    .notReady, "the agent's queues are not known yet: the configuration has not arrived",
                    hint: Self.statusHint, retryable: true))
        }
        guard !queues.isEmpty else { return reply(ticket, Self.answer([])) }
        if quickConnects.join(queues, ticket) { return }
        guard let round = quickConnects.begin(queues, ticket) else {
            return reply(
                ticket,
                ProtocolError(
                    .tooMany, "quick connects of \(QuickConnects.roundLimit) other sets of queues are being fetched",
                    hint: "wait a moment, then try again", retryable: true))
        }
        askQuickConnects(round, after: nil)
    }

    private var profileQueues: [String]? {
        guard let configuration = configurations.configuration else { return nil }
        return (configuration.routingProfile?["queues"]?.array ?? []).compactMap { $0["queueARN"]?.string }
    }

    private static func problem(of queueARNs: [String]) -> ProtocolError? {
        if queueARNs.count > QuickConnects.queueLimit {
            return ProtocolError(
                .invalidParams,
                "params.queueARNs has \(queueARNs.count) queues; at most \(QuickConnects.queueLimit) are possible")
        }
        guard queueARNs.contains(where: { $0.isEmpty || $0.utf8.count > QuickConnects.arnLimit }) else { return nil }
        return ProtocolError(
            .invalidParams, "params.queueARNs has a text that is no ARN",
            hint: "partyline get configuration.routingProfile.queues")
    }

    private mutating func askQuickConnects(_ round: QuickConnects.Round, after nextToken: String?) {
        var params = JSONObject([("queueARNs", .array(round.queueARNs.map { .string($0) }))])
        params["nextToken"] = nextToken.map { .string($0) }
        params["maxResults"] = .int(QuickConnects.pageSize)
        send(.getEndpoints, .object(params), for: .quickConnects(round.number))
    }

    mutating func quickConnectsEnded(_ number: Int, _ result: CallResult) {
        guard case .success(let value, let bytes) = result else {
            let error = result.error ?? ServiceError(type: "UnknownError", message: nil)
            let failure = requestError(
                "the quick connects were not fetched", error, of: .getEndpoints, refusal: .invalidParams)
            return endQuickConnects(number, .failure(failure))
        }
        let page = value["endpoints"]?.array ?? []
        guard let round = quickConnects.add(page, bytes: bytes, to: number) else { return }
        if let fault = AnswerSize.fault(
            bytes: round.bytes, limit: QuickConnects.byteLimit, names: page.map { $0["name"] })
        {
            return endQuickConnects(number, .failure(Self.tooLarge(fault.message ?? fault.type)))
        }
        guard let next = value["nextToken"]?.string, !next.isEmpty else {
            return endQuickConnects(number, .success(Self.answer(round.endpoints)))
        }
        guard round.pages < QuickConnects.pageLimit else {
            return endQuickConnects(
                number, .failure(Self.tooLarge("there are more than \(QuickConnects.pageLimit) pages")))
        }
        askQuickConnects(round, after: next)
    }

    private mutating func endQuickConnects(_ number: Int, _ result: Result<JSON, ProtocolError>) {
        let tickets = quickConnects.end(number)
        switch result {
        case .success(let answer): actions.append(.replyAll(tickets, RawJSON(answer)))
        case .failure(let error): for ticket in tickets { reply(ticket, error) }
        }
    }

    /// Streams' getEndpoints has the list under both names.
    private static func answer(_ endpoints: [JSON]) -> JSON {
        ["endpoints": .array(endpoints), "addresses": .array(endpoints)]
    }

    private static func tooLarge(_ reason: String) -> ProtocolError {
        ProtocolError(
            .unavailable, "the quick connects were not fetched: \(reason)",
            hint: "ask for the quick connects of fewer queues")
    }
}
