// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension Session {
    /// The most calls under way at a time, for all clients together; fewer if the process may open few files. It is far
    /// above the limit of one user, so one user cannot exhaust it and the reserve of each port stays usable.
    public static let callLimit = 1024

    /// A client's `api_request` or `call`. Every request gets a reply, even where the real worker sends none.
    mutating func call(_ ticket: RequestTicket, _ method: String?, _ params: JSON, _ deadline: Int64?) {
        guard let method else { return refuse(ticket, .noMethod) }
        guard let credentials else {
            return isTerminated
                ? refuse(ticket, .terminated(method: method), meteredAs: method)
                : refuse(ticket, .noSession(absence(at: now) ?? .starting))
        }
        // A contact that is accepted now would be lost.
        guard logout?.refusesCalls != true else {
            return refuse(ticket, .noSession(.signedOut(tokens.source.kind, "it is being logged out")))
        }
        guard calls.count + endings.clears.count < settings.callLimit else {
            return refuse(ticket, .tooMany(limit: settings.callLimit))
        }
        switch ServiceOperation(method) {
        case .cti(let operation)?:
            let params = completed(params, of: operation, for: ticket)
            if case .call = ticket, operation == .getEndpoints, let queues = Self.queuesOfAllPages(params) {
                return fetchQuickConnects(.call(ticket), queues)
            }
            if !waitsForEnd(ticket, operation, params, deadline) { callService(ticket, operation, params, deadline) }
        case .agentApp(let operation)?:
            guard let request = PlainCall.agentApp(operation, params, credentials, settings.timers.callTimeout) else {
                return refuse(ticket, .unknownMethod(method), meteredAs: method)
            }
            begin(request, method, for: .client(ticket, isRelated: false))
        case .taskTemplate(let operation)?:
            let request = PlainCall.taskTemplate(operation, params, credentials, settings.timers.callTimeout)
            begin(request, method, for: .client(ticket, isRelated: isRelated(operation.metering, params)))
        case nil: refuse(ticket, .unknownMethod(method), meteredAs: method)
        }
    }

    mutating func callService(
        _ ticket: RequestTicket, _ operation: CTIOperation, _ params: JSON, _ deadline: Int64?
    ) {
        guard let credentials else { return refuse(ticket, .noSession(absence(at: now) ?? .starting)) }
        let model = operation.model
        do throws(ServiceError) {
            let request = try ServiceCall.make(
                operation, params, credentials, timeout: timeout(of: operation, params))
            let accepts = model.then == .accepts ? params["contactId"]?.string : nil
            let isRelated = isRelated(model.metering, params)
            noteEnding(ticket, operation, params)
            begin(
                request, for: .service(operation, .client(ticket, isRelated: isRelated, accepts: accepts)),
                deadline: deadline)
        } catch {
            refuse(ticket, .parameters(error), meteredAs: operation.rawValue)
        }
    }

    /// A `call` of getEndpoints may have one ARN instead of a list, as in Streams. An `api_request` is passed on as it is.
    private func completed(_ params: JSON, of operation: CTIOperation, for ticket: RequestTicket) -> JSON {
        guard case .call = ticket, operation == .getEndpoints, var object = params.object else { return params }
        let queues = object["queueARNs"] ?? .null
        if queues.string != nil {
            object["queueARNs"] = .array([queues])
        } else if queues.isNull, let single = object["queueARN"], single.string != nil {
            object["queueARNs"] = .array([single])
            object["queueARN"] = nil
        }
        return .object(object)
    }

    private func isRelated(_ metering: ServiceModel.Operation.Metering, _ params: JSON) -> Bool {
        switch metering {
        case .once: false
        case .withRelation: params["relatedContactId"]?.isTruthy == true
        }
    }

    /// A client's own long poll may take its parameter `timeout` longer, at most `snapshotTimeout`.
    private func timeout(of operation: CTIOperation, _ params: JSON) -> Int64 {
        let own = operation.model.polling == .long ? Int64(params["timeout"]?.int ?? 0) : 0
        return settings.timers.callTimeout + min(max(own, 0), settings.timers.snapshotTimeout)
    }

    private mutating func refuse(_ ticket: RequestTicket, _ failure: CallOutcome.Failure) {
        actions.append(.answer(ticket, .failure(failure)))
    }

    /// A request that was rejected for its method or its parameters is metered like a call.
    private mutating func refuse(_ ticket: RequestTicket, _ failure: CallOutcome.Failure, meteredAs method: String) {
        actions.append(ApiMetric(refused: method, error: failure.json).action)
        refuse(ticket, failure)
    }

    mutating func answer(_ ticket: RequestTicket, _ operation: CTIOperation, _ result: CallResult, accepts: String?) {
        if let error = result.error {
            publishRefusal(error)
            endingFailed(ticket)
        }
        switch result {
        case .success(let value, _):
            if let accepts { actions.append(.accepted(contactId: accepts)) }
            actions.append(.answer(ticket, .success(value)))
            // A page sends reload_agent_configuration itself afterwards. A client that uses `call` may only wait for the
            // confirmation, so the session reloads the configuration.
            if case .call = ticket, operation.model.then == .reconfigures { beginConfigurationRound() }
        case .failure(let error): actions.append(.answer(ticket, .failure(.service(error))))
        case .garbled(let error): actions.append(.answer(ticket, .failure(.garbled(error))))
        }
    }

    mutating func answer(_ ticket: RequestTicket, _ answer: PlainAnswer, isRelated: Bool) {
        if isRelated { actions.append(answer.metric.withRelatedContact) }
        actions.append(answer.metric.action)
        actions.append(.answer(ticket, answer.outcome))
    }

    /// Publishes a request's 401 or 403 to every port, unless the polled calls' retry budget still covers it.
    mutating func publishRefusal(_ error: ServiceError) {
        let isCovered = error.retryStatus == .retrying
        switch error.kind {
        case .ordinary: break
        case .unauthorized:
            authorizationRefused(event: .publish(EventName.authFail, ["authorize": true]), isNew: !isCovered)
        case .accessDenied: if !isCovered { actions.append(.publish(EventName.accessDenied)) }
        }
    }
}
