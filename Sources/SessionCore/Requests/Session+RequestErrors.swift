// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The errors of clients' requests that take several calls of the service: quick connects and settings.
extension Session {
    /// Why a request cannot be served now; nil if it can.
    var requestRejection: ProtocolError? {
        if logout?.refusesCalls == true, let loggingOut { return loggingOut }
        if credentials == nil || tokens.isSignedOut {
            let absence = absence(at: now) ?? .starting
            return absence.error(hint: absence.hint)
        }
        guard calls.count + endings.clears.count < settings.callLimit else {
            return ProtocolError(
                .tooMany, "\(settings.callLimit) calls of the service are under way already",
                hint: "wait a moment, then try again", retryable: true)
        }
        return nil
    }

    /// Ends all such requests: the session ends, or is another person's from now on.
    mutating func endRequests(_ error: ProtocolError) {
        cancelCalls { $0.isForRequest }
        let uncertain = settingsChanges.uncertain.map { ($0, error.withDoubt) }
        let (askers, others) = (quickConnects.askers, settingsChanges.certain)
        (quickConnects, settingsChanges) = (QuickConnects(), SettingsChanges())
        for (ticket, error) in [uncertain].compactMap(\.self) + others.map({ ($0, error) }) { reply(ticket, error) }
        for asker in askers { answer(asker, error) }
    }

    /// - Parameters:
    ///   - what: what failed, for people: "the quick connects were not fetched".
    ///   - error: the service's error, for a call of this operation.
    ///   - refusal: the code if the service rejected the call. That may be due to what the client has given.
    mutating func requestError(
        _ what: String, _ error: ServiceError, of operation: CTIOperation, refusal: ProtocolError.Code
    ) -> ProtocolError {
        publishRefusal(error)
        let message = "\(what): \(error.summary(of: operation))"
        switch error.kind {
        case .unauthorized:
            if tokens.isSignedOut, let absence = absence(at: now) { return absence.error(hint: absence.hint) }
            return ProtocolError(.unauthorized, message, hint: Self.statusHint, retryable: true)
        case .accessDenied:
            let hint = "check the permissions of the agent's security profile: partyline get configuration.permissions"
            return ProtocolError(.notPermitted, message, hint: hint)
        case .ordinary:
            if error.isThrottled {
                return ProtocolError(
                    .tooMany, message, hint: "wait a moment, then try again", retryable: true,
                    retryAfterMs: error.retryAfterMs)
            }
            // 408: a request that timed out may still have reached the service.
            if let status = error.status, (400..<500).contains(status), status != 408 {
                let hint = refusal == .invalidParams ? "partyline get configuration" : Self.statusHint
                return ProtocolError(refusal, message, hint: hint)
            }
            return ProtocolError(
                .unavailable, message, hint: Self.statusHint, retryable: true, retryAfterMs: error.retryAfterMs)
        }
    }
}

extension ProtocolError {
    /// The same, for a change that may have been made.
    var withDoubt: ProtocolError {
        ProtocolError(
            code, "\(message): it is not known whether it was done", hint: hint, retryable: retryable,
            retryAfterMs: retryAfterMs)
    }
}
