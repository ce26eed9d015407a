import StreamsProtocol

/// How many 401s and 403s in a row the polled calls may meet before one counts: over all of them together, so that one
/// call that still succeeds keeps the session alive.
struct RetryBudget: Equatable {
    static let unauthorizedLimit = 20
    static let accessDeniedLimit = 10

    private(set) var unauthorized = 0
    private(set) var accessDenied = 0

    /// A success, or any failure that says nothing about the token.
    mutating func reset() { self = RetryBudget() }

    /// Takes a failure and says where it leaves the budget.
    mutating func spend(_ kind: ServiceError.Kind) -> ServiceError.RetryStatus {
        switch kind {
        case .ordinary:
            reset()
            return .none
        case .unauthorized: return Self.spend(&unauthorized, limit: Self.unauthorizedLimit)
        case .accessDenied: return Self.spend(&accessDenied, limit: Self.accessDeniedLimit)
        }
    }

    private static func spend(_ count: inout Int, limit: Int) -> ServiceError.RetryStatus {
        count += 1
        if count <= limit { return .retrying }
        count = 0
        return .exhausted
    }
}
