// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension Session {
    /// - Parameter queueARNs: empty for all queues of the routing profile.
    mutating func fetchQuickConnects(_ asker: QuickConnects.Asker, _ queueARNs: [String]) {
        if let error = requestRejection { return answer(asker, error) }
        if let error = Self.problem(of: queueARNs) { return answer(asker, error) }
        var seen: Set<String> = []
        guard let queues = queueARNs.isEmpty ? profileQueues : queueARNs.filter({ seen.insert($0).inserted }) else {
            return answer(
                asker,
                ProtocolError(
                    .notReady, "the agent's queues are not known yet: the configuration has not arrived",
                    hint: Self.statusHint, retryable: true))
        }
        guard !queues.isEmpty else { return answer([asker], Self.list([])) }
        if quickConnects.join(queues, asker) { return }
        guard let round = quickConnects.begin(queues, asker) else {
            return answer(
                asker,
                ProtocolError(
                    .tooMany, "quick connects of \(QuickConnects.roundLimit) other sets of queues are being fetched",
                    hint: "wait a moment, then try again", retryable: true))
        }
        askQuickConnects(round, after: nil)
    }

    /// The queues of a `call` of getEndpoints that asks for all pages, because it names no page; otherwise nil.
    static func queuesOfAllPages(_ params: JSON) -> [String]? {
        guard (params["nextToken"] ?? .null).isNull, (params["maxResults"] ?? .null).isNull,
            let list = params["queueARNs"]?.array, !list.isEmpty
        else { return nil }
        let texts = list.compactMap(\.string)
        return texts.count == list.count ? texts : nil
    }

    private var profileQueues: [String]? { configurations.configuration?.queueARNs }

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
            return endQuickConnects(number, failure, error)
        }
        let page = value["endpoints"]?.array ?? []
        guard let round = quickConnects.add(page, bytes: bytes, to: number) else { return }
        if let fault = AnswerSize.fault(
            bytes: round.bytes, limit: QuickConnects.byteLimit, names: page.map { $0["name"] })
        {
            return endQuickConnects(number, Self.tooLarge(fault.message ?? fault.type))
        }
        guard let next = value["nextToken"]?.string, !next.isEmpty else {
            return answer(quickConnects.end(number), Self.list(round.endpoints))
        }
        guard round.pages < QuickConnects.pageLimit else {
            return endQuickConnects(number, Self.tooLarge("there are more than \(QuickConnects.pageLimit) pages"))
        }
        askQuickConnects(round, after: next)
    }

    // MARK: Answers

    private mutating func endQuickConnects(_ number: Int, _ failure: ProtocolError, _ error: ServiceError? = nil) {
        for asker in quickConnects.end(number) { answer(asker, failure, error) }
    }

    private mutating func answer(_ askers: [QuickConnects.Asker], _ list: JSON) {
        var requests: [ReplyTicket] = []
        for asker in askers {
            switch asker {
            case .request(let ticket): requests.append(ticket)
            case .call(let ticket): actions.append(.answer(ticket, .success(list)))
            }
        }
        if !requests.isEmpty { actions.append(.replyAll(requests, RawJSON(list))) }
    }

    /// - Parameter error: the service's error that is the reason, if it is one.
    mutating func answer(_ asker: QuickConnects.Asker, _ failure: ProtocolError, _ error: ServiceError? = nil) {
        switch asker {
        case .request(let ticket): reply(ticket, failure)
        case .call(let ticket):
            let own = ServiceError(type: failure.code.rawValue, message: failure.message)
            actions.append(.answer(ticket, .failure(.service(error ?? own))))
        }
    }

    /// Streams' getEndpoints has the list under both names.
    private static func list(_ endpoints: [JSON]) -> JSON {
        ["endpoints": .array(endpoints), "addresses": .array(endpoints)]
    }

    private static func tooLarge(_ reason: String) -> ProtocolError {
        ProtocolError(
            .unavailable, "the quick connects were not fetched: \(reason)",
            hint: "ask for the quick connects of fewer queues")
    }
}
