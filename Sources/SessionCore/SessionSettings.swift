// SPDX-License-Identifier: Apache-2.0

/// The part of the daemon's configuration that a session needs.
public struct SessionSettings: Equatable, Sendable {
    /// Where tokens come from.
    public enum Source: Equatable, Sendable {
        /// A client's `configure`, as in Streams.
        case configure
        /// The instance's authorize endpoint, with the daemon's own cookies.
        case authorize(Instance)
        /// The same, with the cookies that a client hands over.
        case login(Instance)
    }

    /// An instance that the daemon signs in to itself.
    public struct Instance: Equatable, Sendable {
        /// The CTI service's URL.
        public var endpoint: String
        /// The authorize URL. Requests to it carry the session's cookies.
        public var authorizeEndpoint: String
        /// The agent-app service's URL.
        public var agentAppEndpoint: String
        /// The name under which agent-app calls carry the token.
        public var authCookieName: String
        /// The task-templates service's URL.
        public var taskTemplatesEndpoint: String
        /// The page that a person signs in at.
        public var loginURL: String
        /// The URL that ends the session at the service.
        public var logoutEndpoint: String

        public init(
            endpoint: String, authorizeEndpoint: String, agentAppEndpoint: String, authCookieName: String,
            taskTemplatesEndpoint: String, loginURL: String, logoutEndpoint: String
        ) {
            self.loginURL = loginURL
            self.logoutEndpoint = logoutEndpoint
            self.endpoint = endpoint
            self.authorizeEndpoint = authorizeEndpoint
            self.agentAppEndpoint = agentAppEndpoint
            self.authCookieName = authCookieName
            self.taskTemplatesEndpoint = taskTemplatesEndpoint
        }
    }

    public var source: Source
    public var timers: SessionTimers
    /// The URL that serves `api_proxy_request` (quick responses, screen sharing); nil leaves these requests to the pages.
    public var apiProxyBase: String?
    /// The most calls under way at a time, for all clients together; at most `Session.callLimit`. Each may need a connection.
    public var callLimit = Session.callLimit
    /// True if the daemon exits when a client terminates the session.
    public var endsWhenTerminated = false
    /// True if a websocket on loopback may be opened without TLS, as the simulator needs.
    public var allowsPlainLoopbackWebSocket: Bool

    public init(source: Source, timers: SessionTimers = SessionTimers(), allowsPlainLoopbackWebSocket: Bool = false) {
        self.source = source
        self.timers = timers
        self.allowsPlainLoopbackWebSocket = allowsPlainLoopbackWebSocket
    }
}

/// The real worker's timers, in milliseconds. Each is a key under `timers` in the configuration.
public struct SessionTimers: Equatable, Sendable {
    /// How long the pollers wait for createTransport before they start.
    public var pollingDelay: Int64 = 1_000
    /// `timeout` of getAgentSnapshot: how long the service may hold the response of the long poll.
    public var snapshotTimeout: Int64 = 30_000
    /// From a snapshot to the next request.
    public var snapshotInterval: Int64 = 100
    /// From a failed snapshot request to the next.
    public var snapshotRecovery: Int64 = 5_000
    /// Between two configuration rounds.
    public var configurationInterval: Int64 = 30_000
    /// Between two checks of the token's expiry.
    public var tokenCheckInterval: Int64 = 300_000
    /// A token that expires sooner than this is renewed. Never scaled, because it is a threshold and not a wait.
    public var tokenRefreshWindow: Int64 = 1_800_000
    /// Before the first retry of a renewal; doubled for each retry up to eightfold, times 0.5 to 1.5 at random.
    public var tokenRefreshBackoff: Int64 = 10_000
    /// Between two requests to the authorize endpoint after a 5xx, a 429 or no response.
    public var authorizeRetryInterval: Int64 = 2_000
    /// The longest wait between two requests to the authorize endpoint after such failures, with session source authorize.
    public var authorizeRetryLimit: Int64 = 15_000
    /// Before the next request to the authorize endpoint after a refusal of the cookies or of a new token; doubled for each
    /// request up to eightfold.
    public var signedOutRetryInterval: Int64 = 2_000
    /// At most five requests to the authorize endpoint within this time may be caused by refusals.
    public var refusalWindow: Int64 = 60_000
    /// How long a prompt for a sign-in waits for `partyline login`.
    public var promptTimeout: Int64 = 600_000
    /// After a prompt was given up, no further one follows by itself for this time.
    public var promptPause: Int64 = 300_000
    /// Between two checks for new cookies, while nothing else helps.
    public var credentialCheckInterval: Int64 = 5_000
    /// The longest wait before the first retry of a call after a 5xx, a 429, throttling or a network failure; doubled for
    /// each retry. The wait itself is random, from 0.
    public var callRetryBase: Int64 = 100
    /// How long an answer may be overdue before the link counts as degraded. For the long poll it is added to
    /// `snapshotTimeout`.
    public var linkAllowance: Int64 = 4_000
    /// How long the link may be degraded before the agent's data count as stale.
    public var linkStale: Int64 = 30_000
    /// Between two heartbeats on the websocket; and, while none is open, from the last answer to the call that tests the link.
    public var webSocketHeartbeat: Int64 = 10_000
    /// How long a websocket may take to open the first time; doubled after each timeout, ±30 %.
    public var webSocketOpenTimeout: Int64 = 1_000
    /// How long a websocket URL may be used. Never scaled, because it is a threshold and not a wait.
    public var webSocketURLValidity: Int64 = 85_000
    /// Before the first retry after a refused websocket; doubled for each retry, ±30 %.
    public var webSocketRetryBase: Int64 = 1_000
    /// The longest wait between two attempts to open a websocket.
    public var webSocketRetryLimit: Int64 = 30_000
    /// How long to wait for the reply to a subscription.
    public var subscribeTimeout: Int64 = 1_000
    /// From a refused subscription to the next attempt.
    public var subscribeRetry: Int64 = 500
    /// Before the first retry of createTransport; doubled for each retry.
    public var transportRetryBase: Int64 = 2_000
    /// The longest wait between two createTransport calls.
    public var transportRetryLimit: Int64 = 30_000
    /// Between two checks of which region is active.
    public var activeRegionInterval: Int64 = 60_000
    /// How long such a check may take.
    public var activeRegionTimeout: Int64 = 10_000
    /// How long a call may take, in addition to the long poll's `snapshotTimeout`.
    public var callTimeout: Int64 = 15_000
    /// A factor for waits of at least `scaleFrom`, for tests: 0.02 makes them fifty times shorter.
    public var scale: Double = 1
    /// The shortest wait that `scale` applies to.
    public var scaleFrom: Int64 = 0

    public init() {}

    func scaled(_ milliseconds: Int64) -> Int64 {
        guard scale != 1, milliseconds >= scaleFrom else { return milliseconds }
        // A wait stays one: without a pause, what is repeated would spin.
        return max(min(milliseconds, 1), Int64((Double(milliseconds) * scale).rounded()))
    }
}
