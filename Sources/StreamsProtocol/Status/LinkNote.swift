// SPDX-License-Identifier: Apache-2.0

extension DaemonStatus {
    /// The link to the service as subscribers are told of it (`partyline::link`). Instants are milliseconds since 1970.
    public struct LinkNote: Equatable, Sendable {
        public var state: Link.State
        /// When `state` last changed.
        public var since: Int64
        /// Why the link is not up; nil while it is.
        public var lastError: String?
        /// The same without the service's words, which may name contacts and customers.
        public var lastErrorType: String?
        /// When the last snapshot came; nil if there is none.
        public var asOf: Int64?
        /// True if the agent's data may be out of date: the link is down, or has been degraded for some time.
        public var isStale: Bool

        public init(
            state: Link.State, since: Int64, lastError: String? = nil, lastErrorType: String? = nil, asOf: Int64? = nil,
            isStale: Bool = false
        ) {
            (self.state, self.since) = (state, since)
            (self.lastError, self.lastErrorType) = (lastError, lastErrorType)
            (self.asOf, self.isStale) = (asOf, isStale)
        }
    }
}
