/// What a session has to know before it starts; the daemon's configuration, without where it came from.
public struct SessionSettings: Equatable, Sendable {
    /// Where tokens come from.
    public enum Source: Equatable, Sendable {
        /// A client's `configure`, as in Streams.
        case configure
        /// The instance itself, by cookies.
        case authorize(Instance)
    }

    /// An instance that the daemon signs in to by itself.
    public struct Instance: Equatable, Sendable {
        /// The CTI service's URL.
        public var endpoint: String
        /// The authorize URL, asked with the session's cookies.
        public var authorizeEndpoint: String
        /// The agent-app service's URL.
        public var agentAppEndpoint: String
        /// The name under which agent-app calls carry the token.
        public var authCookieName: String
        /// The task-templates service's URL.
        public var taskTemplatesEndpoint: String

        /// An instance by its URLs.
        public init(
            endpoint: String, authorizeEndpoint: String, agentAppEndpoint: String, authCookieName: String,
            taskTemplatesEndpoint: String
        ) {
            self.endpoint = endpoint
            self.authorizeEndpoint = authorizeEndpoint
            self.agentAppEndpoint = agentAppEndpoint
            self.authCookieName = authCookieName
            self.taskTemplatesEndpoint = taskTemplatesEndpoint
        }
    }

    /// Where tokens come from.
    public var source: Source
    /// How long everything takes.
    public var timers: SessionTimers
    /// Where requests between pages (quick responses, screen sharing) are served; nil leaves them to the pages.
    public var apiProxyBase: String?
    /// True if the daemon ends when a client terminates the session.
    public var endsWhenTerminated = false
    /// True if a websocket on loopback may go without TLS (the simulator's).
    public var allowsPlainLoopbackWebSocket: Bool

    public init(source: Source, timers: SessionTimers = SessionTimers(), allowsPlainLoopbackWebSocket: Bool = false) {
        self.source = source
        self.timers = timers
        self.allowsPlainLoopbackWebSocket = allowsPlainLoopbackWebSocket
    }
}

/// The reference's timers, all in milliseconds. Every one is a key under `timers` in the configuration.
public struct SessionTimers: Equatable, Sendable {
    /// How long the pollers wait for createTransport to answer before they begin.
    public var pollingDelay: Int64 = 1_000
    /// `timeout` of getAgentSnapshot: how long the service may hold the answer back.
    public var snapshotTimeout: Int64 = 30_000
    /// From a snapshot to the next request.
    public var snapshotInterval: Int64 = 100
    /// From a failed snapshot request to the next.
    public var snapshotRecovery: Int64 = 5_000
    /// Between two rounds of the configuration.
    public var configurationInterval: Int64 = 30_000
    /// Between two looks at the token's age.
    public var tokenCheckInterval: Int64 = 300_000
    /// A token with less left than this is renewed. A threshold, so never scaled.
    public var tokenRefreshWindow: Int64 = 1_800_000
    /// Before the first retry of a renewal; doubled for each, times up to 2 at random.
    public var tokenRefreshBackoff: Int64 = 10_000
    /// Between two attempts at authorizing after a 5xx or 429.
    public var authorizeRetryInterval: Int64 = 2_000
    /// While the session is signed out: between two looks whether the cookies are good again.
    public var signedOutRetryInterval: Int64 = 10_000
    /// Before the first retry of a call that met a 5xx, 429, throttling or the network; doubled, times up to 1.
    public var callRetryBase: Int64 = 100
    /// Between two heartbeats on the websocket.
    public var webSocketHeartbeat: Int64 = 10_000
    /// How long a websocket may take to open, the first time; doubled, ±30 %.
    public var webSocketOpenTimeout: Int64 = 1_000
    /// How long a websocket URL may be used. A threshold, so never scaled.
    public var webSocketURLValidity: Int64 = 85_000
    /// Before the first retry of a websocket that was refused; doubled, ±30 %.
    public var webSocketRetryBase: Int64 = 1_000
    /// The longest wait between two attempts at a websocket.
    public var webSocketRetryLimit: Int64 = 30_000
    /// How long the answer to a subscription is waited for.
    public var subscribeTimeout: Int64 = 1_000
    /// From a refused subscription to the next attempt.
    public var subscribeRetry: Int64 = 500
    /// Before the first retry of createTransport; doubled.
    public var transportRetryBase: Int64 = 2_000
    /// The longest wait between two createTransport.
    public var transportRetryLimit: Int64 = 30_000
    /// Between two questions which region is active.
    public var activeRegionInterval: Int64 = 60_000
    /// How long the answer to that question is waited for.
    public var activeRegionTimeout: Int64 = 10_000
    /// How long a call may take, the long poll's own time not counted.
    public var callTimeout: Int64 = 15_000
    /// A factor for waits of at least `scaleFrom`: 0.02 runs them fifty times as fast. An aid to testing.
    public var scale: Double = 1
    /// The shortest wait that `scale` applies to.
    public var scaleFrom: Int64 = 0

    public init() {}

    /// A wait after scaling.
    func scaled(_ milliseconds: Int64) -> Int64 {
        guard scale != 1, milliseconds >= scaleFrom else { return milliseconds }
        return Int64((Double(milliseconds) * scale).rounded())
    }
}
