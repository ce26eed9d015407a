import StreamsProtocol

/// The failure of a call in the words of our own protocol, and whether the call can have acted.
struct ServiceFailure: Equatable {
    let error: ProtocolError
    /// True if nothing was done for certain: the service refused the call, or it was never sent. After a network failure, a
    /// 5xx or an answer that is no JSON it may have been done.
    let isRefusal: Bool

    init(_ method: String, onlyReads: Bool, _ failure: CallOutcome.Failure) {
        let cause = ServiceCause(failure)
        isRefusal = cause.isRefusal || onlyReads
        let doubt = isRefusal ? "" : ": it is not known whether it was done"
        error = ProtocolError(
            cause.code, "\(cause.words(method)) (\(Self.details(failure)))\(doubt)", hint: cause.hint,
            retryable: cause.isPassing && isRefusal)
    }

    /// What the error says of itself. The service's texts may have any length.
    private static func details(_ failure: CallOutcome.Failure) -> String {
        let error = failure.error
        let message = error.message.map { CallError.cut($0, to: 1000) }
        switch failure {
        case .terminated, .unknownMethod: return message ?? ""
        case .noMethod, .notReady, .tooMany, .parameters, .service, .garbled, .plain:
            let status = error.status.map { " \($0)" } ?? ""
            return CallError.cut(error.type, to: 128) + status + (message.map { ": \($0)" } ?? "")
        }
    }
}
