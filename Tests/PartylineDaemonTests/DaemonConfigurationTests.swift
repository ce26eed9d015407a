// SPDX-License-Identifier: Apache-2.0
import ConduitCore
import Testing

@testable import PartylineDaemon
@testable import SessionCore

@Suite("Daemon configuration")
struct DaemonConfigurationTests {
    private func load(
        _ text: String, _ environment: [String: String] = [:],
        _ change: (inout DaemonConfiguration.Flags) -> Void = { _ in }
    ) async throws -> DaemonConfiguration {
        try await ConfigurationFixture.load(text, environment, change)
    }

    @Test("no file, flags or environment → the defaults of the cores")
    func defaults() async throws {
        let configuration = try await DaemonConfiguration.load(.init(), environment: ["XDG_RUNTIME_DIR": "/run/user/7"])
        var timers = SessionTimers()
        timers.callTimeout = 15_000
        #expect(configuration.session == SessionSettings(source: .configure, timers: timers))
        #expect(configuration.socketPath == "/run/user/7/partyline/partyline.sock")
        #expect(configuration.file == nil)
    }

    @Test("flags override the environment, which overrides the file, for every timer")
    func precedence() async throws {
        let timers = ConfigurationKeys.timers.filter { $0.path != "timers.scale" }
        let text = "timers:\n" + timers.map { "  \($0.components[1]): 7001\n" }.joined()
        let environment = Dictionary(uniqueKeysWithValues: timers.map { ($0.environmentVariable, "7002") })
        let file = try await load(text)
        let both = try await load(text, environment)
        let all = try await load(text, environment) { $0.settings = timers.map { "\($0.path)=7003" } }
        for (loaded, value) in [(file, "7001"), (both, "7002"), (all, "7003")] {
            for timer in timers {
                var expected = loaded.settings
                try timer.set(&expected, [value])
                #expect(!timer.differs(loaded.settings, expected), "\(timer.path) was not \(value)")
            }
        }
    }

    @Test(
        "an empty value → the default",
        arguments: [
            "timers:\n  scale:", "timers: {scale: ~}", "limits: {requests: null}", "state: {keep: ~, directory: ''}",
        ])
    func empty(text: String) async throws {
        let settings = try await load(text).settings
        #expect(ConfigurationKeys.all.filter { $0.differs(settings, DaemonSettings()) }.isEmpty)
    }

    @Test("every key changes exactly one setting")
    func settings() throws {
        let values = [
            "1", "2", "7001", "65537", "false", "true", "exit", "authorize", "off", "debug", "https://x.example",
            "uid=1 admin",
        ]
        let before = DaemonSettings()
        for key in ConfigurationKeys.all {
            let value = try #require(
                values.first { $0 != key.fallback && key.fault(in: [$0]) == nil }, "no value for \(key.path)")
            var after = before
            try key.set(&after, [value])
            #expect(ConfigurationKeys.all.filter { $0.differs(before, after) }.map(\.path) == [key.path])
        }
    }

    @Test("timers.scale shortens delays from timers.scaleFrom on, and leaves shorter ones")
    func scale() async throws {
        let timers = try await load("timers: {scale: 0.02, scaleFrom: 5000}").session.timers
        #expect(timers.scaled(30_000) == 600)
        #expect(timers.scaled(4_999) == 4_999)
    }

    @Test(
        "the endpoints are derived from session.baseUrl",
        arguments: [
            ("https://x.my.connect.aws", "https://x.my.connect.aws/api", "https://x.my.connect.aws/auth/authorize"),
            ("https://x.my.connect.aws/", "https://x.my.connect.aws/api", "https://x.my.connect.aws/auth/authorize"),
            (
                "https://x.awsapps.com", "https://x.awsapps.com/connect/api",
                "https://x.awsapps.com/connect/auth/authorize"
            ),
        ])
    func instance(_ base: String, _ endpoint: String, _ authorize: String) async throws {
        let text = "session: {source: authorize, baseUrl: \"\(base)\", cookieFile: /tmp/cookies}"
        guard case .authorize(let instance) = try await load(text).session.source else {
            Issue.record("it is not an instance")
            return
        }
        #expect(instance.endpoint == endpoint)
        #expect(instance.authorizeEndpoint == authorize)
    }

    @Test("the socket: flag, then PARTYLINE_SOCKET, then the file, then the instance")
    func socket() async throws {
        let environment = ["PARTYLINE_SOCKET": "/env.sock", "XDG_RUNTIME_DIR": "/x"]
        #expect(
            try await load("socket: /file.sock", environment) { $0.socket = "/flag.sock" }.socketPath == "/flag.sock")
        #expect(try await load("socket: /file.sock", environment).socketPath == "/env.sock")
        #expect(try await load("socket: /file.sock").socketPath == "/file.sock")
        #expect(try await load("") { $0.instance = "blue" }.socketPath == "/run/partyline/blue.sock")
        #expect(try await load("").socketPath == nil)
    }

    @Test(
        "an invalid value in the environment or on the command line → an error that names its place",
        arguments: [
            (["PARTYLINE_LOG_LEVEL": "loud"], [], "PARTYLINE_LOG_LEVEL"),
            (["PARTYLINE_TIMERS_SCALE_FROM": "soon"], [], "PARTYLINE_TIMERS_SCALE_FROM"),
            (["HTTPS_PROXY": "socks5://x:1"], [], "HTTPS_PROXY"),
            ([:], ["timers.scale=fast"], "--set timers.scale"),
            ([:], ["no.such.key=1"], "--set no.such.key"),
            ([:], ["session.sorce=authorize"], "did you mean session.source?"),
            ([:], ["timers.scale"], "--set timers.scale=VALUE"),
            (["PARTYLINE_ACCESS_RULES": "uid=1 operator, uid=x admin"], [], "\" uid=x admin\" has no uid"),
            (["PARTYLINE_ACCESS_RULES": "uid=1 operator,,uid=2 admin"], [], "PARTYLINE_ACCESS_RULES"),
            (["PARTYLINE_LIMITS_REQUESTS": "0"], [], "PARTYLINE_LIMITS_REQUESTS"),
            ([:], ["access.rules=everyone"], "--set access.rules"),
            ([:], ["state.keep=always"], "--set state.keep"),
        ] as [([String: String], [String], String)])
    func outside(_ environment: [String: String], _ settings: [String], _ place: String) async throws {
        let error = try await #require(throws: ConfigurationError.self) {
            try await load("", environment) { $0.settings = settings }
        }
        #expect(error.description.contains(place), "\(error)")
    }

    @Test(
        "authorize without baseUrl or cookieFile, a missing tls.trustRoots → an error for that key",
        arguments: [
            ("session: {source: authorize}", "session.baseUrl"),
            ("session: {source: authorize, baseUrl: \"https://x.my.connect.aws\"}", "session.cookieFile"),
            ("tls: {trustRoots: /nonexistent.pem}", "tls.trustRoots"),
        ])
    func incomplete(_ text: String, _ key: String) async throws {
        let error = try await #require(throws: ConfigurationError.self) { try await load(text) }
        #expect(error.problems.first?.place == key)
    }

    @Test("--config with a missing file → an error")
    func missing() async throws {
        var flags = DaemonConfiguration.Flags()
        flags.file = "/nonexistent/partyline.yaml"
        let error = try await #require(throws: ConfigurationError.self) {
            try await DaemonConfiguration.load(flags, environment: [:])
        }
        #expect(error.description == "/nonexistent/partyline.yaml: there is no such file")
    }

    @Test("a client's configure is accepted only with session.source: configure")
    func configure() async throws {
        #expect(try await load("").conduit(epoch: "e", ownUid: 1).acceptsConfigure)
        let text = "session: {source: authorize, baseUrl: \"https://x.my.connect.aws\", cookieFile: /tmp/c}"
        #expect(try await !load(text).conduit(epoch: "e", ownUid: 1).acceptsConfigure)
    }
}
