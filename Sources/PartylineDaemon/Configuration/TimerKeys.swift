// SPDX-License-Identifier: Apache-2.0
import SessionCore

extension ConfigurationKeys {
    private static func timer(
        _ name: String, _ setting: any WritableKeyPath<SessionTimers, Int64> & Sendable, from least: Int64 = 0,
        _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey("timers.\(name)", \.session.timers, setting, .milliseconds(from: least), meaning)
    }

    /// The shortest interval of something that the daemon repeats by itself, in milliseconds.
    private static let shortest: Int64 = 1

    static let timers: [ConfigurationKey] = [
        timer(
            "pollingDelay", \.pollingDelay,
            "How long polling waits for the answer to the first createTransport. Then it starts without that answer."),
        timer("snapshotTimeout", \.snapshotTimeout, "How long the service may hold a long poll before it answers."),
        timer("snapshotInterval", \.snapshotInterval, "The delay between a snapshot and the next request for one."),
        timer(
            "snapshotRecovery", \.snapshotRecovery, from: shortest,
            "The delay between a failed snapshot request and the next one."),
        timer(
            "configurationInterval", \.configurationInterval, from: shortest,
            "The delay between two rounds of requests for the agent's configuration."),
        timer(
            "tokenCheckInterval", \.tokenCheckInterval, from: shortest,
            "The interval at which the token's expiry is checked."),
        timer(
            "tokenRefreshWindow", \.tokenRefreshWindow,
            "A token that expires in less than this is renewed. timers.scale does not apply."),
        timer(
            "tokenRefreshBackoff", \.tokenRefreshBackoff, from: shortest,
            """
            The delay before the first retry of a failed token renewal. It doubles with each retry, up to eight times this
            value, and varies at random by ±50 %.
            """),
        timer(
            "authorizeRetryInterval", \.authorizeRetryInterval, from: shortest,
            """
            The delay between two attempts to authorize after a 5xx, a 429 or no answer. After five attempts,
            timers.tokenRefreshBackoff applies.
            """),
        timer(
            "authorizeRetryLimit", \.authorizeRetryLimit, from: shortest,
            "authorize and login: the longest delay between two attempts to authorize after such failures."),
        timer(
            "signedOutRetryInterval", \.signedOutRetryInterval, from: shortest,
            """
            authorize and login: the delay before the next attempt to authorize after the cookies or a new token were refused. It
            doubles with each attempt, up to eight times this value.
            """),
        timer(
            "refusalWindow", \.refusalWindow, from: shortest,
            """
            authorize and login: after five attempts within this time that refusals caused, the daemon waits for new cookies.
            """),
        timer(
            "linkAllowance", \.linkAllowance, from: shortest,
            "How much later than expected an answer or a heartbeat may come before the link counts as degraded."),
        timer(
            "linkStale", \.linkStale, from: shortest,
            "How long the link may be degraded before the agent's data count as stale."),
        timer(
            "promptTimeout", \.promptTimeout, from: shortest,
            "login: how long a prompt for a sign-in waits for `partyline login` before it is given up."),
        timer(
            "promptPause", \.promptPause,
            "login: after a prompt was given up, the daemon makes no further one by itself for this time."),
        timer(
            "credentialCheckInterval", \.credentialCheckInterval, from: shortest,
            "authorize only: how often the daemon looks for new cookies while it waits for them."),
        timer(
            "callRetryBase", \.callRetryBase,
            """
            The longest delay before the first retry of a failed call. It doubles with each retry; the actual delay is a
            random part of it.
            """),
        timer(
            "webSocketHeartbeat", \.webSocketHeartbeat, from: shortest,
            """
            The interval between two heartbeats on the websocket. If one is not answered in this time, a new websocket is
            opened.
            """),
        timer(
            "webSocketOpenTimeout", \.webSocketOpenTimeout, from: shortest,
            """
            The time limit for opening a websocket. It doubles with each timeout, up to timers.webSocketRetryLimit, and
            varies at random by ±30 %.
            """),
        timer(
            "webSocketUrlValidity", \.webSocketURLValidity,
            "How long the URL of a websocket may be used after it was issued. timers.scale does not apply."),
        timer(
            "webSocketRetryBase", \.webSocketRetryBase, from: shortest,
            """
            The delay before the first retry of a websocket that was refused. It doubles with each retry, up to
            timers.webSocketRetryLimit, and varies at random by ±30 %.
            """),
        timer(
            "webSocketRetryLimit", \.webSocketRetryLimit, from: shortest,
            "The longest delay between two attempts to open a websocket, before the ±30 %."),
        timer(
            "subscribeTimeout", \.subscribeTimeout, from: shortest,
            "How long to wait for the answer to a topic subscription before it is sent again."),
        timer(
            "subscribeRetry", \.subscribeRetry, from: shortest,
            "The delay between a refused topic subscription and the next attempt."),
        timer(
            "transportRetryBase", \.transportRetryBase, from: shortest,
            """
            The delay before the first retry of createTransport. It doubles with each retry, up to
            timers.transportRetryLimit.
            """),
        timer(
            "transportRetryLimit", \.transportRetryLimit, from: shortest,
            "The longest delay before a retry of createTransport."),
        timer(
            "activeRegionInterval", \.activeRegionInterval, from: shortest,
            "The delay between two queries for the active region (disaster recovery)."),
        timer(
            "activeRegionTimeout", \.activeRegionTimeout, from: shortest,
            "The time limit for the answer to such a query."),
        .init(
            "timers.scale", \.session.timers.scale, .factor,
            "A factor for all delays of at least timers.scaleFrom: 0.02 makes them fifty times shorter. For tests."),
        timer("scaleFrom", \.scaleFrom, "The shortest delay that timers.scale applies to."),
    ]
}
