// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import PartylineDaemon

/// An invalid file: its text, the line that the error names, and words that the message must contain.
struct BadFile: CustomTestStringConvertible, Sendable {
    let text: String
    let line: Int?
    let words: [String]

    init(_ text: String, _ line: Int?, _ words: String...) {
        self.text = text
        self.line = line
        self.words = words
    }

    var testDescription: String { text.replacingOccurrences(of: "\n", with: "⏎") }
}

@Suite("Configuration file")
struct ConfigurationFileTests {
    static let bad: [BadFile] = [
        BadFile("sesion:\n  source: configure", 1, "no key sesion", "did you mean"),
        BadFile("session:\n  sorce: configure", 2, "no key session.sorce", "did you mean session.source?"),
        BadFile("session:\n  source: both", 2, "session.source", "\"both\"", "configure, authorize"),
        BadFile("session: configure", 1, "session is a section"),
        BadFile("session: [configure]", 1, "session is a section"),
        BadFile("session:\n  source: [configure]", 2, "session.source", "not a list or a mapping"),
        BadFile("session:\n  source: {a: b}", 2, "session.source", "not a list or a mapping"),
        BadFile("timers:\n  snapshotInterval: fast", 2, "timers.snapshotInterval", "\"fast\"", "milliseconds"),
        BadFile("timers:\n  snapshotInterval: -1", 2, "timers.snapshotInterval", "\"-1\""),
        BadFile("timers:\n  snapshotInterval: 1.5", 2, "timers.snapshotInterval", "\"1.5\""),
        BadFile("timers:\n  snapshotInterval: 100ms", 2, "timers.snapshotInterval", "\"100ms\""),
        BadFile("timers:\n  snapshotInterval: 99999999999", 2, "timers.snapshotInterval"),
        BadFile("timers:\n  snapshotInterval: 99999999999999999999999", 2, "timers.snapshotInterval"),
        BadFile("timers:\n  scale: 0", 2, "timers.scale", "from 0.001"),
        BadFile("timers:\n  scale: nan", 2, "timers.scale"), BadFile("timers:\n  scale: 1e-300", 2, "timers.scale"),
        BadFile("timers:\n  snapshotRecovery: 0", 2, "timers.snapshotRecovery", "from 1 to"),
        BadFile("timers:\n  webSocketHeartbeat: 0", 2, "timers.webSocketHeartbeat", "from 1 to"),
        BadFile("timers:\n  scale: 1e9", 2, "timers.scale"),
        BadFile("timers:\n\n\n  skale: 1", 4, "no key timers.skale", "did you mean timers.scale?"),
        BadFile("limits:\n  lineBytes: 10", 2, "limits.lineBytes", "1024"),
        BadFile("limits:\n  lineBytes: 1048576\n  lineBytes: 1048576", 2, "appears twice", "lineBytes"),
        BadFile("http:\n  compression: yes", 2, "http.compression", "true or false"),
        BadFile("session:\n  baseUrl: example.my.connect.aws", 2, "session.baseUrl", "https://"),
        BadFile("session:\n  baseUrl: http://example.com", 2, "session.baseUrl", "https://"),
        BadFile("session:\n  cookieFile: ~/cookies", 2, "session.cookieFile"),
        BadFile("log:\n  level: loud", 2, "log.level", "debug, info, warning, error"),
        BadFile("- session", 1, "a mapping of keys"),
        BadFile("just words", 1, "a mapping of keys"),
        BadFile("session:\n\tsource: configure", 2, "not YAML"),
        BadFile("session: {source: configure", nil, "not YAML"),
        BadFile("a: b: c", 1, "not YAML"),
        BadFile("? [1, 2]\n: x", 1, "a key has to be a word"),
        BadFile("socket: [a]", 1, "socket", "a path"),
        BadFile("completely: unknown", 1, "no key completely", "--default-config"),
        BadFile("limits:\n  requests: 0", 2, "limits.requests", "1 to 10000"),
        BadFile("limits:\n  programPorts: many", 2, "limits.programPorts", "\"many\""),
        BadFile("limits:\n  requestBurst: [1]", 2, "limits.requestBurst", "not a list"),
        BadFile("state:\n  keep: true", 2, "state.keep", "auto, off"),
        BadFile("state:\n  directory: ~/state", 2, "state.directory", "a path"),
        BadFile("state:\n  bytes: 65535", 2, "state.bytes", "65536"),
    ]

    /// Invalid access rules. The error names the line of the rule, not the line of the list.
    static let badRules: [BadFile] = [
        BadFile("access: [everyone admin]", 1, "access is a section"),
        BadFile("access:\n  rules: everyone presence", 2, "access.rules has to be a list"),
        BadFile("access:\n  rules: {uid: 5}", 2, "access.rules has to be a list"),
        BadFile("access:\n  rules: [[everyone admin]]", 2, "each of access.rules"),
        BadFile("access:\n  rules:\n    - uid=1 admin\n    - uid: 5\n", 4, "each of access.rules"),
        BadFile("access:\n  rules:\n    - uid=1 admin\n    -\n", 4, "access.rules: \"\" is not a rule"),
        BadFile("access:\n  rules:\n    - uid=1 admin\n    - everyone\n", 4, "\"everyone\" is not a rule"),
        BadFile("access:\n  rules:\n    - uid=1 root\n", 3, "ends in \"root\"", "presence, observer, operator, admin"),
        BadFile("access:\n  rules:\n    - uid=1 Admin\n", 3, "ends in \"Admin\""),
        BadFile("access:\n  rules: [\"nobody presence\"]", 2, "begins with \"nobody\"", "everyone"),
        BadFile("access:\n  rules: [\"program=x admin\"]", 2, "begins with \"program=x\"", "group=NAME"),
        BadFile("access:\n  rules: [\"user= admin\"]", 2, "begins with \"user=\""),
        BadFile("access:\n  rules: [\"uid=-1 admin\"]", 2, "has no uid from 0"),
        BadFile("access:\n  rules: [\"uid=+1 admin\"]", 2, "has no uid from 0"),
        BadFile("access:\n  rules: [\"uid=alice admin\"]", 2, "has no uid from 0"),
        BadFile("access:\n  rules: [\"gid=4294967295 admin\"]", 2, "has no gid from 0 to 4294967294"),
        BadFile("access:\n  rules: [\"uid=1 admin, uid=2 admin\"]", 2, "has no uid"),
        BadFile(
            "access:\n  rules:\n    - user=root admin\n    - user=no-such-user operator\n", 4,
            "names the user no-such-user", "getent passwd", "uid=NUMBER"),
        BadFile(
            "access:\n  rules:\n    - group=no-such-group operator\n", 3, "names the group no-such-group",
            "getent group", "gid=NUMBER"),
    ]

    @Test("an invalid file → an error with key, line, and what is expected", arguments: bad + badRules)
    func refused(_ file: BadFile) throws {
        let problems = ConfigurationFile.check(file.text, file: "partyline.yaml")
        let problem = try #require(problems.first, "it was accepted")
        if let line = file.line { #expect(problem.place == "partyline.yaml:\(line)") }
        for word in file.words { #expect(problem.message.contains(word), "\(problem.message)") }
    }

    @Test("an invalid URL is not repeated in the error, because it may contain a password")
    func secrets() throws {
        let problems = ConfigurationFile.check("session:\n  baseUrl: ftp://user:hunter2@host", file: "f")
        #expect(try !#require(problems.first).message.contains("hunter2"))
    }

    @Test("every invalid rule of a list is reported")
    func allRules() {
        let text = "access:\n  rules:\n    - everyone\n    - uid=1 admin\n    - uid=x admin\n"
        #expect(ConfigurationFile.check(text, file: "f").map(\.place) == ["f:3", "f:5"])
    }

    @Test("all problems are reported at once, in the order of the file")
    func allAtOnce() {
        let text = "log:\n  level: loud\ntimers:\n  scale: fast\nfoo: 1\n"
        let places = ConfigurationFile.check(text, file: "f").map(\.place)
        #expect(places == ["f:2", "f:4", "f:5"])
    }

    @Test(
        "a valid file has no problems",
        arguments: [
            "", "# nothing\n", "session:\n", "session:\n  source:\n", "timers: {scale: 0.02, scaleFrom: 5000}",
            "session:\n  source: authorize\n  baseUrl: https://example.my.connect.aws\n",
            "session:\n  baseUrl: http://127.0.0.1:8080\n", "socket: /run/user/1000/x.sock",
            "---\nlog: {level: debug}\n", "access:\n", "access:\n  rules:\n", "access: {rules: []}",
            "state: {keep: off}",
            "access:\n  rules: [user=root operator, \"uid=1001 admin\", group=root observer, everyone presence]\n",
            "access:\n  rules:\n    # the phone\n    - uid=1001   operator\n",
        ])
    func good(_ text: String) { #expect(ConfigurationFile.check(text, file: "f").isEmpty) }

    @Test("Config/partyline.yaml is generated from the table of keys, and is valid")
    func shipped() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Config/partyline.yaml"), encoding: .utf8)
        #expect(text == DefaultConfiguration.text, "run: make config")
        #expect(ConfigurationFile.check(text, file: "f").isEmpty)
        for key in ConfigurationKeys.all {
            #expect(text.contains("\(key.path.split(separator: ".").last ?? ""):"), "\(key.path)")
        }
    }

    @Test("every default is valid for its key")
    func defaults() {
        for key in ConfigurationKeys.all where !key.fallback.isEmpty {
            #expect(key.fault(in: [key.fallback]) == nil, "\(key.path)")
        }
    }
}
