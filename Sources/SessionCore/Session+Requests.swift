import AgentModel
import StreamsProtocol

extension Session {
    /// Calls under way at one time, all clients' together: far more than one user may have, so that the reserve of each
    /// port is worth something.
    public static let callLimit = 1024

    /// A client's `api_request` or `call`. Every one gets an answer, also where the real worker keeps silent.
    mutating func call(_ ticket: RequestTicket, _ method: String?, _ params: JSON) {
        guard let method else {
            return refuse(ticket, "invalid_params", "an api_request needs a \"method\"")
        }
        guard let credentials else {
            return isTerminated ? refuseUnknown(ticket, method, client: "NULL") : refuse(ticket, "not_ready", notReady)
        }
        guard calls.count < Self.callLimit else {
            return refuse(ticket, "too_many", "\(Self.callLimit) calls of the service are under way already")
        }
        if PlainCall.isResponsible(for: method) { return callPlain(ticket, method, params, credentials) }
        if method == "updateAgentConfiguration", params["configuration"]?.object == nil {
            return refuse(ticket, method, missing("configuration"))
        }
        do throws(ServiceCall.Obstacle) {
            let request = try ServiceCall.cti(method, params, credentials, timeout: timeout(of: method, params))
            let accepted = method == "acceptContact" ? params["contactId"]?.string : nil
            begin(request, method, for: .client(ticket, isRelated: isRelated(method, params), accepts: accepted))
        } catch {
            switch error {
            case .unknownMethod: refuseUnknown(ticket, method)
            case .parameters(let fault): refuse(ticket, method, fault)
            }
        }
    }

    /// A contact that is created in relation to another is metered twice.
    private func isRelated(_ method: String, _ params: JSON) -> Bool {
        ["createTaskContact", "createOutboundContact", "createTemplatedTask"].contains(method)
            && params["relatedContactId"]?.isTruthy == true
    }

    /// A long poll that a client asks for by itself gets the time it asks for.
    private func timeout(of method: String, _ params: JSON) -> Int64 {
        let own = method == "getAgentSnapshot" ? Int64(params["timeout"]?.int ?? 0) : 0
        return settings.timers.callTimeout + min(max(own, 0), settings.timers.snapshotTimeout)
    }

    var notReady: String { tokens.source.notReady }

    private func missing(_ name: String) -> ServiceError {
        ServiceError(type: "MissingRequiredParameter", message: "Missing required key '\(name)' in params")
    }

    private mutating func refuse(_ ticket: RequestTicket, _ type: String, _ message: String) {
        actions.append(.answer(ticket, .refused(type, message)))
    }

    /// Parameters that do not fit count as a call of no duration.
    private mutating func refuse(_ ticket: RequestTicket, _ method: String, _ error: ServiceError) {
        actions.append(
            ApiMetric(name: method, milliseconds: 0, error: error.json, status: 200, retryStatus: .none).action)
        actions.append(.answer(ticket, ApiAnswer(data: .null, error: error.json.text)))
    }

    private mutating func refuseUnknown(_ ticket: RequestTicket, _ method: String, client: String = "AWS") {
        actions.append(ApiMetric(name: method, milliseconds: 0, error: [:], status: 200, retryStatus: .none).action)
        let data: JSON = ["message": .string("No such method exists on \(client) client: \(method)")]
        actions.append(.answer(ticket, ApiAnswer(data: data, error: "{}")))
    }

    mutating func answer(_ ticket: RequestTicket, _ method: String, _ result: CallResult, accepts: String?) {
        if let error = result.error { noticeRefusal(error, method) }
        switch result {
        case .success(let value, _):
            if let accepts { actions.append(.accepted(contactId: accepts)) }
            actions.append(.answer(ticket, ApiAnswer(data: value, error: nil)))
            // Pages send reload_agent_configuration after it; who makes a `call` may wait for its confirmation instead.
            if case .call = ticket, method == "updateAgentConfiguration" { beginConfigurationRound() }
        case .failure(let error): actions.append(.answer(ticket, ApiAnswer(data: .null, error: error.json.text)))
        case .garbled(let error): actions.append(.answer(ticket, ApiAnswer(data: [:], error: error.json.text)))
        }
    }

    /// A request's 401 or 403 concerns everybody, unless the polled calls' budget covers it.
    private mutating func noticeRefusal(_ error: ServiceError, _ method: String) {
        guard error.retryStatus != .retrying else { return }
        switch error.kind {
        case .ordinary: break
        case .unauthorized: authorizationRefused(event: .publish(EventName.authFail, ["authorize": true]))
        case .accessDenied: actions.append(.publish(EventName.accessDenied))
        }
    }

    // MARK: Services that speak plain JSON

    private mutating func callPlain(
        _ ticket: RequestTicket, _ method: String, _ params: JSON, _ credentials: Credentials
    ) {
        guard let request = PlainCall.make(method, params, credentials, timeout: settings.timers.callTimeout) else {
            return refuseUnknown(ticket, method)
        }
        begin(request, method, for: .plain(ticket, isRelated: isRelated(method, params)))
    }

    /// These services' errors reach clients as they word them, with the status beside; and their answers are metered as
    /// 200 whatever they are.
    mutating func answerPlain(_ ticket: RequestTicket, _ call: PendingCall, _ outcome: HTTPOutcome) {
        let answer: ApiAnswer
        var error: JSON?
        switch outcome {
        case .response(let status, _, let body) where (200..<300).contains(status):
            answer = ApiAnswer(data: (try? JSON(parsing: body)) ?? [:], error: nil)
        case .response(let status, let reason, let body):
            var object = (try? JSON(parsing: body))?.object ?? JSONObject([("message", .string(reason))])
            object["status"] = .int(status)
            error = .object(object)
            answer = ApiAnswer(data: nil, error: error?.text)
        case .failure:
            error = ServiceError.networking.json
            answer = ApiAnswer(data: nil, error: error?.text)
        }
        let metric = ApiMetric(
            name: call.method, milliseconds: now.uptime - call.started.uptime, error: error, status: 200,
            retryStatus: .none)
        if case .plain(_, isRelated: true) = call.purpose { actions.append(metric.withRelatedContact) }
        actions.append(metric.action)
        actions.append(.answer(ticket, answer))
    }
}
