// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConduitCore
import Foundation
import StreamsProtocol
import Testing

@testable import PartylineDaemon

@Suite("Reload")
struct ReloadTests {
    /// The report of a reload after the file has changed from one text to the other.
    private func report(_ before: String, _ after: String) async throws -> ReloadReport {
        let file = try ConfigurationFixture(before)
        let started = try await file.load()
        try file.write(after)
        return try await Reloader(started: started).reload(current: started).get().1
    }

    @Test(
        "changed keys are listed as applied or as needing a restart",
        arguments: [
            ("", "", [], []),
            ("", "# only a remark", [], []),
            ("", "log: {level: info}", [], []),
            ("log: {level: info}", "log: {level: debug}", ["log.level"], []),
            ("", "limits: {requests: 65, lineBytes: 2048}", ["limits.lineBytes", "limits.requests"], []),
            ("limits: {requests: 65}", "", ["limits.requests"], []),
            ("", "access: {rules: [everyone observer, uid=1 admin]}", ["access.rules"], []),
            (
                "access: {rules: [uid=1 admin, uid=2 admin]}", "access: {rules: [uid=2 admin, uid=1 admin]}",
                ["access.rules"], []
            ),
            ("", "timers: {scale: 0.5}", [], ["timers.scale"]),
            ("socket: /a.sock", "socket: /b.sock\nstate: {keep: off}", [], ["socket", "state.keep"]),
            ("", "log: {level: error}\nhttp: {keepAlive: 1}", ["log.level"], ["http.keepAlive"]),
        ] as [(String, String, [String], [String])])
    func report(_ before: String, _ after: String, _ applied: [String], _ pending: [String]) async throws {
        let report = try await report(before, after)
        #expect(report.applied == applied)
        #expect(report.pending == pending)
        #expect(
            report.json["applied"] == .array(applied.map { .string($0) })
                && report.json["needRestart"] == .array(pending.map { .string($0) }))
    }

    @Test("the log line names the changed keys and never a value")
    func summary() async throws {
        #expect(try await report("", "").summary == "the configuration was read again; nothing has changed")
        let both = try await report("", "log: {level: error}\nproxy: {https: \"http://user:hunter2@host:1\"}")
        #expect(
            both.summary == "the configuration was read again; applied: log.level; needs a restart: proxy.https")
        #expect(!both.json.text.contains("hunter2"))
    }

    @Test("keys that need a restart keep their running values, and are reported until the file has those again")
    func restart() async throws {
        let file = try ConfigurationFixture("timers: {scale: 0.5}\nlimits: {requests: 10}")
        let started = try await file.load(["XDG_RUNTIME_DIR": "/x"]) { $0.settings = ["log.level=warning"] }
        let reloader = Reloader(started: started)
        try file.write("timers: {scale: 1}\nsocket: /new.sock\nlimits: {requests: 20}\nlog: {level: debug}")
        let (second, report) = try await reloader.reload(current: started).get()
        #expect(report.pending == ["socket", "timers.scale"])
        #expect(second.socketPath == "/x/partyline/partyline.sock")
        #expect(second.session == started.session)
        #expect(second.settings.state == started.settings.state)
        #expect(second.conduit(epoch: "e", ownUid: 1).ledger.portRequests == 20)
        #expect(second.logLevel == .warning, "flags override the file after a reload, too")
        try file.write("timers: {scale: 0.5}\nlimits: {requests: 20}\nsocket: /new.sock")
        let (third, again) = try await reloader.reload(current: second).get()
        #expect(again.applied == [])
        #expect(again.pending == ["socket"])
        #expect(third.settings.access.isEmpty)
    }

    @Test("session.source needs a restart: until then a client's configure is accepted as before")
    func source() async throws {
        let file = try ConfigurationFixture("")
        let started = try await file.load()
        try file.write("session: {source: authorize, baseUrl: \"https://x.my.connect.aws\", cookieFile: /tmp/c}")
        let (next, report) = try await Reloader(started: started).reload(current: started).get()
        #expect(report.pending == ["session.source", "session.baseUrl", "session.cookieFile"])
        #expect(next.conduit(epoch: "e", ownUid: 1).acceptsConfigure)
    }

    @Test("rules without an admin → a warning in the report")
    func warnings() async throws {
        let report = try await report("", "access: {rules: [everyone presence]}")
        #expect(report.warnings.count == 1)
        #expect(report.json["warnings"]?.array?.count == 1)
    }

    @Test("an invalid file changes nothing; all its problems are reported at once")
    func bad() async throws {
        let file = try ConfigurationFixture("")
        let started = try await file.load()
        try file.write("log:\n  level: loud\naccess:\n  rules:\n    - user=no-such-user admin\n")
        let result = await Reloader(started: started).reload(current: started)
        guard case .failure(let error) = result else {
            Issue.record("it was accepted")
            return
        }
        #expect(error.problems.map(\.place) == ["\(file.file):2", "\(file.file):5"])
        let reported = error.reloadError
        #expect(reported.code == .invalidParams)
        #expect(
            reported.message.hasPrefix(
                "the new configuration has 2 problems, so the present one stays: \(file.file):2: "))
        #expect(reported.message.contains("no-such-user"))
        #expect(reported.hint?.contains("partyline reload") == true)
    }

    @Test("a file that was removed, or is no longer YAML, changes nothing")
    func gone() async throws {
        let file = try ConfigurationFixture("")
        let started = try await file.load()
        try file.write("log: {level")
        let broken = await Reloader(started: started).reload(current: started)
        #expect(throws: ConfigurationError.self) { try broken.get() }
        try FileManager.default.removeItem(atPath: file.file)
        let gone = await Reloader(started: started).reload(current: started)
        #expect(throws: ConfigurationError(file.file, "there is no such file")) { try gone.get() }
    }
}
