import AgentModel
import StreamsProtocol

/// How a call of the CTI service ended, after all its attempts.
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
    /// Makes a call for ourselves; the parameters are ours and fit.
    mutating func send(_ method: String, _ params: JSON, for purpose: PendingCall.Purpose) {
        guard let credentials else { return }
        let timeout = settings.timers.callTimeout + (purpose == .snapshot ? settings.timers.snapshotTimeout : 0)
        do throws(ServiceCall.Obstacle) {
            begin(try ServiceCall.cti(method, params, credentials, timeout: timeout), method, for: purpose)
        } catch {
            // What the service said a moment ago does not fit its own model: whoever waits has to hear of it.
            actions.append(.log(.error, "a call of our own was refused", ["method": method, "why": "\(error)"]))
            let fault = ServiceError(type: "InvalidParameter", message: "a call of our own was refused")
            deliver(purpose, method, .failure(fault))
        }
    }

    @discardableResult
    mutating func begin(_ request: HTTPCall, _ method: String, for purpose: PendingCall.Purpose) -> CallID {
        let id = CallID(number: nextCall)
        nextCall += 1
        let call = PendingCall(purpose: purpose, method: method, request: request, started: now)
        calls[id] = call
        actions.append(.send(id, request))
        return id
    }

    mutating func retry(_ id: CallID) {
        guard let call = calls[id] else { return }
        switch call.purpose {
        case .snapshot: snapshots.floor = nil
        case .sync: syncs.sent()
        default: break
        }
        actions.append(.send(id, call.request))
    }

    /// An HTTP call ended: tries again what is worth it, and hands the rest to whoever waits.
    mutating func ended(_ id: CallID, _ outcome: HTTPOutcome) {
        guard var call = calls[id] else { return }
        guard call.isServiceCall else {
            calls[id] = nil
            return deliver(call, outcome)
        }
        var result = Self.read(outcome, call.method)
        if let error = result.error, call.isMadeAgain(after: error) {
            let ceiling = settings.timers.callRetryBase << Int64(call.attempt - 1)
            call.attempt += 1
            calls[id] = call
            return schedule(.callRetry(id), after: Int64.random(in: 0...max(1, ceiling), using: &random))
        }
        calls[id] = nil
        if case .failure(let reason) = outcome {
            actions.append(.log(.debug, "no answer from the service", ["call": call.request.purpose, "why": reason]))
        }
        spendBudget(call.method, &result)
        if call.purpose != .transport { actions.append(contentsOf: metrics(call, result)) }
        deliver(call.purpose, call.method, result)
    }

    /// Hands on the end of a call that is not the CTI service's.
    private mutating func deliver(_ call: PendingCall, _ outcome: HTTPOutcome) {
        switch call.purpose {
        case .plain(let ticket, _): answerPlain(ticket, call, outcome)
        case .activeRegion: activeRegionEnded(call, outcome)
        case .proxy(let requestId): proxyEnded(requestId, call, outcome)
        default: authorizeEnded(outcome)
        }
    }

    private mutating func deliver(_ purpose: PendingCall.Purpose, _ method: String, _ result: CallResult) {
        switch purpose {
        case .snapshot: snapshotEnded(result)
        case .sync: syncEnded(result)
        case .configuration(let part): configurationEnded(part, result)
        case .transport: transportEnded(result)
        case .client(let ticket, _, let accepts): answer(ticket, method, result, accepts: accepts)
        case .newToken: newTokenEnded(result)
        case .logs: logsUploaded(result)
        case .discovery: discoveryEnded(result)
        case .authorize, .activeRegion, .plain, .proxy: break
        }
    }

    private static func read(_ outcome: HTTPOutcome, _ method: String) -> CallResult {
        switch outcome {
        case .failure: return .failure(.networking)
        case .response(let status, let reason, let body):
            guard (200..<300).contains(status) else {
                return .failure(ServiceError.read(status: status, reason: reason, body: body))
            }
            if body.isEmpty { return .success([:], bytes: 0) }
            // Broken UTF-8 in one attribute must not cost the whole agent: it is mended, as a browser would.
            let text = Array(String(decoding: body, as: UTF8.self).utf8)
            do throws(JSONError) {
                let value = try JSON(parsing: text)
                let shape = ServiceCall.operation(method)?.output ?? .structure([])
                return .success(ResponseReading.read(value, as: shape), bytes: body.count)
            } catch {
                return .garbled(ServiceError(type: "SyntaxError", message: "\(error)", status: status))
            }
        }
    }

    /// Counts a polled call's 401 or 403, and marks the error with what is left.
    private mutating func spendBudget(_ method: String, _ result: inout CallResult) {
        guard RetryBudget.methods.contains(method) else { return }
        guard case .failure(var error) = result else { return budget.reset() }
        error.retryStatus = budget.spend(error.kind)
        result = .failure(error)
    }

    private func metrics(_ call: PendingCall, _ result: CallResult) -> [SessionAction] {
        let metric = ApiMetric(
            name: call.method, milliseconds: now.uptime - call.started.uptime, error: result.error?.json,
            status: result.error?.status ?? 200, retryStatus: result.error?.retryStatus ?? .none)
        if case .client(_, isRelated: true, _) = call.purpose { return [metric.withRelatedContact, metric.action] }
        return [metric.action]
    }

    /// The first createTransport of ours failing for good is worth an event; the manager decides what comes next.
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
