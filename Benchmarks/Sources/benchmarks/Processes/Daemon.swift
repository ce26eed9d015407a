// SPDX-License-Identifier: Apache-2.0

/// A running partylined with its own socket.
final class Daemon {
    let child: Child
    let address: Address
    let startedAt: UInt64

    /// Starts the daemon without waiting until it listens.
    ///
    /// - Parameter settings: keys of the configuration and their values.
    init(
        _ build: DaemonBuild, in stage: Stage, session: Simulator? = nil, environment: [String: String] = [:],
        settings: [String: String] = [:]
    ) throws(Failure) {
        let socket = stage.path("\(String(UInt32.random(in: 0...UInt32.max), radix: 36)).sock")
        let options = build.settings.merging(settings) { $1 }.flatMap { ["--set", "\($0)=\($1)"] }
        address = .unix(socket)
        let variables = (session?.environment ?? [:]).merging(environment) { $1 }
        startedAt = Clock.now
        child = try Child(build.path, ["--socket", socket] + options, environment: variables, in: stage.folder)
    }

    /// Waits until the daemon listens; with a session, also for the agent and the first round of requests.
    func waitUntilReady(hasSession: Bool = false) throws {
        try child.wait(for: "connection to partylined") { address.isListening }
        guard hasSession else { return }
        _ = try LineClient(address).next("agent::update", seconds: 15)
        Clock.sleep(1)
    }

    func client() throws -> LineClient { try LineClient(address) }

    /// Whether the daemon supports `subscribe`.
    func knowsSubscriptions() throws -> Bool {
        try client().request("subscribe", ["events": ["bench::probe"]]) != nil
    }
}

/// A build of partylined, with its name in the tables.
struct DaemonBuild {
    let name: String
    let path: String
    /// Keys of its configuration.
    var settings: [String: String] = [:]
}
