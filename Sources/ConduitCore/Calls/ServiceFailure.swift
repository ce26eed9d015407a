// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The failure of a call as a protocol error, and whether the call may have taken effect.
struct ServiceFailure: Equatable {
    let error: ProtocolError
    /// True if the call certainly took no effect: the service rejected it, or it was never sent. After a network failure, a 5xx
    /// or an answer that is not JSON it may have taken effect. Always true for calls that only read.
    let isRefusal: Bool

    init(_ method: String, onlyReads: Bool, _ failure: CallOutcome.Failure) {
        let cause = ServiceCause(failure)
        isRefusal = cause.isRefusal || onlyReads
        let doubt = isRefusal ? "" : ": it is not known whether it was done"
        error = ProtocolError(
            cause.code, "\(cause.message(method)) (\(Self.details(failure)))\(doubt)", hint: cause.hint,
            retryable: cause.isTransient && isRefusal, retryAfterMs: failure.error.retryAfterMs)
    }

    /// The error's type, status and message, truncated: the service's texts may have any length.
    private static func details(_ failure: CallOutcome.Failure) -> String {
        let error = failure.error
        let message = error.message.map { CallError.cut($0, to: 1000) }
        switch failure {
        case .terminated, .unknownMethod: return message ?? ""
        case .noMethod, .noSession, .tooMany, .parameters, .service, .garbled, .plain:
            let status = error.status.map { " \($0)" } ?? ""
            return CallError.cut(error.type, to: 128) + status + (message.map { ": \($0)" } ?? "")
        }
    }
}
