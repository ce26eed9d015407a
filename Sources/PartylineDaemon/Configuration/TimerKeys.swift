import SessionCore

extension ConfigurationKeys {
    private static func timer(
        _ name: String, _ setting: any WritableKeyPath<SessionTimers, Int64> & Sendable, _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey("timers.\(name)", \.session.timers, setting, .milliseconds, meaning)
    }

    static let timers: [ConfigurationKey] = [
        timer(
            "pollingDelay", \.pollingDelay,
            "How long polling waits for the first createTransport to answer before it begins without it."),
        timer("snapshotTimeout", \.snapshotTimeout, "How long the service may hold back the answer to a long poll."),
        timer("snapshotInterval", \.snapshotInterval, "From a snapshot to the next request."),
        timer("snapshotRecovery", \.snapshotRecovery, "From a failed snapshot request to the next."),
        timer("configurationInterval", \.configurationInterval, "Between two rounds of the agent's configuration."),
        timer("tokenCheckInterval", \.tokenCheckInterval, "Between two looks at the token's age."),
        timer(
            "tokenRefreshWindow", \.tokenRefreshWindow,
            "A token with less left than this is renewed. A threshold: scale does not apply."),
        timer(
            "tokenRefreshBackoff", \.tokenRefreshBackoff,
            "Before the first retry of a renewal; doubled for each, and spread by half."),
        timer(
            "authorizeRetryInterval", \.authorizeRetryInterval,
            "Between two attempts at authorizing after a 5xx or 429, five in all."),
        timer(
            "signedOutRetryInterval", \.signedOutRetryInterval,
            "While signed out: before the cookie file is tried again; doubled up to eight times this."),
        timer("callRetryBase", \.callRetryBase, "Before the first retry of a failed call; doubled, times 0 to 1."),
        timer("webSocketHeartbeat", \.webSocketHeartbeat, "Between two heartbeats on the websocket."),
        timer(
            "webSocketOpenTimeout", \.webSocketOpenTimeout,
            "How long a websocket may take to open, the first time; then doubled, each ±30 %."),
        timer(
            "webSocketUrlValidity", \.webSocketURLValidity,
            "How long a websocket's URL may be used. A threshold: scale does not apply."),
        timer(
            "webSocketRetryBase", \.webSocketRetryBase,
            "Before the first retry of a refused websocket; then doubled, each ±30 %."),
        timer("webSocketRetryLimit", \.webSocketRetryLimit, "The longest wait between two attempts at a websocket."),
        timer("subscribeTimeout", \.subscribeTimeout, "How long the answer to a subscription is waited for."),
        timer("subscribeRetry", \.subscribeRetry, "From a refused subscription to the next attempt."),
        timer("transportRetryBase", \.transportRetryBase, "Before the first retry of createTransport; then doubled."),
        timer("transportRetryLimit", \.transportRetryLimit, "The longest wait between two createTransport."),
        timer("activeRegionInterval", \.activeRegionInterval, "Between two questions which region is active."),
        timer("activeRegionTimeout", \.activeRegionTimeout, "How long the answer to that question is waited for."),
        .init(
            "timers.scale", \.session.timers.scale, .factor,
            "A factor for waits of at least timers.scaleFrom: 0.02 runs them fifty times as fast. For tests."),
        timer("scaleFrom", \.scaleFrom, "The shortest wait that timers.scale applies to."),
    ]
}
