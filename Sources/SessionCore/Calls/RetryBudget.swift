// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The number of 401s and 403s in a row that the polled calls may receive before polling is suspended. All polled calls
/// share one count, so one call that still succeeds keeps the session alive.
struct RetryBudget: Equatable {
    static let unauthorizedLimit = 20
    static let accessDeniedLimit = 10

    private(set) var unauthorized = 0
    private(set) var accessDenied = 0

    /// Called after a success, or after a failure that is unrelated to the token.
    mutating func reset() { self = RetryBudget() }

    /// Counts a failure. Returns whether the budget allows another retry.
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
