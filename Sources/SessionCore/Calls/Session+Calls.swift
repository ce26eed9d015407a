// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The result of a call of the CTI service, after all retries.
enum CallResult: Equatable {
    case success(JSON, bytes: Int)
    case failure(ServiceError)
    /// A success whose body is not JSON.
    case garbled(ServiceError)

    var error: ServiceError? {
        switch self {
        case .success: nil
        case .failure(let error), .garbled(let error): error
        }
    }
}

extension Session {
    /// Makes a call of the session's own. Its parameters normally match the service's model.
    mutating func send(_ operation: CTIOperation, _ params: JSON, for purpose: PendingCall.ServicePurpose) {
        guard let credentials else { return }
        let timeout = settings.timers.callTimeout + (purpose == .snapshot ? settings.timers.snapshotTimeout : 0)
        do throws(ServiceError) {
            let request = try ServiceCall.make(operation, params, credentials, timeout: timeout)
            begin(request, for: .service(operation, purpose))
        } catch {
            // A value that the service returned earlier, such as a `nextToken`, does not match the service's own model. The
            // failure must be delivered, or the caller would wait forever.
            let why = error.summary(of: operation)
            actions.append(.log(.error, "an internal call was invalid", ["method": operation.rawValue, "why": why]))
            let fault = ServiceError(type: "InvalidParameter", message: "an internal call was invalid")
            deliver(operation, purpose, .failure(fault))
        }
    }

    /// Calls a service other than the CTI service. `name` is the name in its metric.
    mutating func begin(_ request: HTTPCall, _ name: String, for purpose: PendingCall.PlainPurpose) {
        begin(request, for: .plain(name, purpose))
    }

    /// - Parameter deadline: when the client stops waiting, in milliseconds from now.
    mutating func begin(_ request: HTTPCall, for purpose: PendingCall.Purpose, deadline: Int64? = nil) {
        let id = CallID(number: nextCall)
        nextCall += 1
        calls[id] = PendingCall(
            purpose: purpose, request: request, started: now, deadline: deadline.map { now.uptime + $0 })
        attempt(id)
    }

    /// Sends a call. During a pause of its operation, the call waits or fails.
    mutating func attempt(_ id: CallID) {
        guard let call = calls[id] else { return }
        guard let wait = pauses.remaining(call.request.purpose, at: now) else {
            noteSent(call, at: now.uptime)
            return actions.append(.send(id, call.request))
        }
        guard call.waits(until: now.uptime + wait) else { return paused(id, call) }
        // Not scaled: the service measures the pause.
        actions.append(.schedule(.callRetry(id), after: wait))
    }

    private mutating func paused(_ id: CallID, _ call: PendingCall) {
        guard let error = pauses.error(call.request.purpose, at: now) else { return }
        switch call.purpose {
        case .service(let operation, let purpose): finish(id, call, operation, purpose, .failure(error))
        case .plain(_, let purpose):
            calls[id] = nil
            let body = JSON.object(
                JSONObject([("type", .string(error.type)), ("message", .string(error.message ?? ""))]))
            deliver(call, purpose, .response(status: error.status ?? 429, reason: "", body: body.encoded))
        }
    }

    mutating func retry(_ id: CallID) {
        guard let call = calls[id] else { return }
        if call.refusal != nil { return deliverRefusal(of: id) }
        switch call.purpose {
        case .service(_, .snapshot): snapshots.floor = nil
        case .service(_, .sync): syncs.sent()
        case .service, .plain: break
        }
        attempt(id)
    }

    mutating func ended(_ id: CallID, _ outcome: HTTPOutcome) {
        guard let call = calls[id] else { return }
        noteSent(call, at: nil)
        let outcome = secrets(of: call).removed(from: outcome)
        pauses.note(call.request.purpose, outcome, at: now)
        if isHeld(id, call, outcome) { return }
        conclude(id, call, outcome)
    }

    mutating func conclude(_ id: CallID, _ call: PendingCall, _ outcome: HTTPOutcome) {
        switch call.purpose {
        case .service(let operation, let purpose): ended(id, call, operation, purpose, outcome)
        case .plain(_, let purpose):
            calls[id] = nil
            deliver(call, purpose, outcome)
        }
    }

    /// An attempt of a call of the CTI service ended: retries the call or delivers its result.
    private mutating func ended(
        _ id: CallID, _ call: PendingCall, _ operation: CTIOperation, _ purpose: PendingCall.ServicePurpose,
        _ outcome: HTTPOutcome
    ) {
        var result = Self.read(outcome, operation)
        if case .success = result { linkWatch.answered = now.uptime }
        if let error = result.error, call.shouldRetry(after: error) {
            if purpose == .snapshot { pollAttemptFailed(error) }
            if let wait = wait(before: call) {
                calls[id]?.attempt += 1
                return actions.append(.schedule(.callRetry(id), after: wait))
            }
        }
        if case .failure(var error) = result {
            error.retryAfterMs = pauses.remaining(call.request.purpose, at: now).map(Int.init)
            result = .failure(error)
        }
        if case .failure(let reason) = outcome {
            actions.append(.log(.debug, "no answer from the service", ["call": call.request.purpose, "why": reason]))
        }
        finish(id, call, operation, purpose, result)
    }

    /// The milliseconds until the next attempt of a call. Nil if the service asked for a pause that ends it: a client's
    /// `call` may wait, an `api_request` is answered at once, and the session's own calls have pollers that repeat them.
    private mutating func wait(before call: PendingCall) -> Int64? {
        guard let pause = pauses.remaining(call.request.purpose, at: now) else {
            let ceiling = settings.timers.callRetryBase << Int64(call.attempt - 1)
            return scaled(Int64.random(in: 0...max(1, ceiling), using: &random))
        }
        guard case .call? = call.ticket, call.waits(until: now.uptime + pause) else { return nil }
        return pause
    }

    /// Delivers the result of a call of the CTI service.
    private mutating func finish(
        _ id: CallID, _ call: PendingCall, _ operation: CTIOperation, _ purpose: PendingCall.ServicePurpose,
        _ result: CallResult
    ) {
        var result = result
        calls[id] = nil
        let outer = endingToken
        endingToken = call.bearer
        defer { endingToken = outer }
        // Neither metered nor counted: Streams pages do not notice it.
        if purpose == .probe { return probeEnded(result) }
        if case .success = result, call.ticket != nil || call.isForRequest {
            linkAnswered()
            if call.bearer == credentials?.token { run(tokens.handle(.callSucceeded, at: now)) }
        }
        spendBudget(operation, &result)
        if purpose != .transport { actions.append(contentsOf: metrics(call, purpose, result)) }
        deliver(operation, purpose, result)
    }

    /// Delivers the outcome of a call of any other service.
    private mutating func deliver(_ call: PendingCall, _ purpose: PendingCall.PlainPurpose, _ outcome: HTTPOutcome) {
        switch purpose {
        case .authorize: authorizeEnded(outcome)
        case .activeRegion: activeRegionEnded(call, outcome)
        case .logout: logoutCallEnded(outcome)
        case .proxy(let requestId): proxyEnded(requestId, PlainAnswer(to: call, outcome, at: now))
        case .client(let ticket, let isRelated):
            answer(ticket, PlainAnswer(to: call, outcome, at: now), isRelated: isRelated)
        }
    }

    private mutating func deliver(
        _ operation: CTIOperation, _ purpose: PendingCall.ServicePurpose, _ result: CallResult
    ) {
        switch purpose {
        case .snapshot: snapshotEnded(result)
        case .sync: syncEnded(result)
        case .configuration(let part): configurationEnded(part, result)
        case .transport: transportEnded(result)
        case .client(let ticket, _, let accepts): answer(ticket, operation, result, accepts: accepts)
        case .newToken: newTokenEnded(result)
        case .logs: logsUploaded(result)
        case .discovery: discoveryEnded(result)
        case .offline: offlineEnded(result)
        case .probe: probeEnded(result)
        case .quickConnects(let number): quickConnectsEnded(number, result)
        case .settings: settingsCallEnded(result)
        }
    }

    private static func read(_ outcome: HTTPOutcome, _ operation: CTIOperation) -> CallResult {
        switch outcome {
        case .failure: return .failure(.networking)
        case .response(let response):
            guard response.isSuccess else { return .failure(ServiceCall.error(response)) }
            if response.body.isEmpty {
                // A service with the AWS JSON protocol may leave an empty output out, but no other.
                guard operation.model.output != ServiceModel.nothing else { return .success([:], bytes: 0) }
                return .garbled(
                    ServiceError(type: "SyntaxError", message: "the answer is empty", status: response.status))
            }
            switch response.json {
            case .success(let value):
                return .success(ResponseReading.read(value, as: operation.model.output), bytes: response.body.count)
            case .failure(let error):
                let message = WebPage.isOne(response.body) ? WebPage.message : "\(error)"
                return .garbled(ServiceError(type: "SyntaxError", message: message, status: response.status))
            }
        }
    }

    /// Counts a polled call's 401 or 403 and sets the error's `retryStatus`.
    private mutating func spendBudget(_ operation: CTIOperation, _ result: inout CallResult) {
        guard operation.model.polling != .none else { return }
        guard case .failure(var error) = result else { return budget.reset() }
        error.retryStatus = budget.spend(error.kind)
        result = .failure(error)
    }

    private func metrics(
        _ call: PendingCall, _ purpose: PendingCall.ServicePurpose, _ result: CallResult
    ) -> [SessionAction] {
        let metric = ApiMetric(
            name: call.name, milliseconds: now.uptime - call.started.uptime, error: result.error?.json,
            status: result.error?.status ?? 200, retryStatus: result.error?.retryStatus ?? .none)
        if case .client(_, isRelated: true, _) = purpose { return [metric.withRelatedContact, metric.action] }
        return [metric.action]
    }

    /// The session's own createTransport ended. Only the first failure since the last success is published; `WebSocketManager`
    /// schedules the retry.
    private mutating func transportEnded(_ result: CallResult) {
        defer {
            if !isPolling { actions.append(.unschedule(.polling)) }
            beginPolling()
        }
        switch result {
        case .success(let value, _): run(webSockets.handle(.transport(value), at: now))
        case .garbled: run(webSockets.handle(.transport(.null), at: now))
        case .failure(let error):
            switch error.kind {
            case .unauthorized: authorizationRefused(event: .publish(EventName.authFail), isNew: !webSockets.hasFailed)
            case .accessDenied: if !webSockets.hasFailed { actions.append(.publish(EventName.accessDenied)) }
            case .ordinary: break
            }
            run(webSockets.handle(.transportFailed(isNetwork: error == .networking), at: now))
        }
    }
}
