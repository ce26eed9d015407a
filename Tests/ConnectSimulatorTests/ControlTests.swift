// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTPTypes
import Testing

@testable import ConnectSimulator

@Suite("Control steps, faults, credentials")
struct ControlTests {
    @Test(
        "a wrong member of a control step → 400 that names it",
        arguments: [
            ("incoming", [:], "type"), ("incoming", ["type": "fax"], "type"),
            ("incoming", ["type": "chat", "direction": "outbound"], "direction"),
            ("incoming", ["type": "voice", "ringSeconds": "long"], "ringSeconds"),
            ("incoming", ["type": "voice", "attributes": ["a": ["b"]]], "attributes.a"),
            ("customer-says", ["contact": "x"], "text"), ("customer-accepts", [:], "contact"),
            ("faults", ["operation": "Fly", "status": 500], "operation"),
            ("faults", ["operation": "*", "status": 200], "status"),
            ("faults", ["operation": "*", "status": 500, "times": 0], "times"),
            ("websocket-close", ["code": 5], "code"), ("websocket-push", [:], "topic"),
            ("token-lifetime", [:], "seconds"), ("transport", ["lifetimeSeconds": 0], "lifetimeSeconds"),
            ("error", ["contact": "x", "reason": "Boredom"], "reason"), ("reset", ["now": true], "now"),
            ("agent", ["operation": "AcceptContact", "input": 5], "input"),
            ("incoming", ["type": "task", "monitor": true], "monitor"),
            ("incoming", ["type": "email", "monitor": true], "monitor"),
            ("account", [:], "locked"), ("account", ["locked": 1], "locked"), ("account", ["access": "no"], "access"),
            ("account", ["locked": true, "enabled": true], "enabled"),
        ] as [(String, [String: JSON], String)])
    func wrongMembersAreNamed(action: String, members: [String: JSON], member: String) throws {
        let error = #expect(throws: ControlError.self) { try ControlStep(action: action, members: members) }
        #expect(error?.member == member && error?.status == 400)
    }

    @Test("control paths map to actions")
    func pathsMapToActions() {
        let table: [(HTTPRequest.Method, String, String?)] = [
            (.post, "contacts", "incoming"), (.post, "contacts/c1/customer-hangs-up", "customer-hangs-up"),
            (.post, "websocket/half-open", "websocket-half-open"), (.post, "listener/down", "listener-down"),
            (.post, "faults", "faults"), (.delete, "faults", "clear-faults"), (.post, "token/expire", "token-expire"),
            (.post, "clock/shift", "clock-shift"), (.post, "transport", "transport"), (.post, "reset", "reset"),
            (.post, "sessions/end", "sessions-end"), (.post, "cookie/lifetime", "cookie-lifetime"),
            (.post, "failover", "failover"), (.post, "agent", "agent"), (.post, "account", "account"),
            (.post, "clear/faults", nil),
            (.post, "customer-says", nil), (.post, "contacts/c1/dance", nil), (.put, "reset", nil),
        ]
        for (method, path, action) in table {
            let found = ControlService.step(method, path.split(separator: "/").map(String.init))
            #expect(found?.action == action, "\(method) \(path)")
        }
    }

    @Test("the help lists every action")
    func helpListsEveryAction() {
        for action in ControlStep.actions where !["incoming", "clear-faults"].contains(action) {
            let path = action.split(separator: "-", maxSplits: 1).joined(separator: "/")
            #expect(controlHelp.contains("/\(action)") || controlHelp.contains("/\(path)"), "\(action)")
        }
    }

    @Test("the manual lists every action")
    func manualListsEveryAction() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "Documentation/connect-simulator.1.md"), encoding: .utf8)
        for action in ControlStep.actions where !["incoming", "clear-faults"].contains(action) {
            // Calls with the same beginning share a row: `/websocket/drop`, `half-open`.
            let last = action.split(separator: "-", maxSplits: 1).last ?? ""
            let isListed = ["`\(action)", "`\(last)", "/\(action)", "/\(last)"].contains { page.contains($0) }
            #expect(isListed, "\(action)")
        }
    }

    @Test("a fault applies to its number of calls; * matches CTI operations only")
    func faultsCountDown() throws {
        var bench = Bench()
        try bench.control("faults", ["operation": "GetAgentSnapshot", "status": 500, "times": 2])
        try bench.control("faults", ["operation": "*", "status": 429, "times": -1])
        #expect(bench.instance.takeFault(for: "GetAgentSnapshot")?.status == 500)
        #expect(bench.instance.takeFault(for: "GetAgentSnapshot")?.status == 500)
        #expect(bench.instance.takeFault(for: "GetAgentSnapshot")?.status == 429)
        #expect(bench.instance.takeFault(for: "authorize") == nil)
        #expect(bench.instance.takeFault(for: "AcceptContact")?.status == 429)
        try bench.control("clear-faults")
        #expect(bench.instance.takeFault(for: "AcceptContact") == nil)
    }

    @Test("tokens expire after their lifetime and on token-expire")
    func tokensExpireByTimeAndByControl() throws {
        var bench = Bench()
        try bench.control("token-lifetime", ["seconds": 60])
        let issued = bench.instance.credentials.issueToken(at: bench.instance.wallClock)
        #expect(bench.instance.credentials.isValid(token: issued.token, at: bench.instance.wallClock + 59))
        #expect(!bench.instance.credentials.isValid(token: issued.token, at: bench.instance.wallClock + 60))
        #expect(!bench.instance.credentials.isValid(token: nil, at: bench.now))
        try bench.control("token-expire")
        #expect(!bench.instance.credentials.isValid(token: issued.token, at: bench.now))
    }

    @Test("sign-ins do not change contact identifiers")
    func signingInDoesNotChangeIdentifiers() throws {
        var first = Bench(seed: 5)
        var second = Bench(seed: 5)
        _ = second.instance.credentials.openSession(at: 0)
        try second.call("CreateTransport", ["transportType": "web_socket"])
        #expect(
            try first.control("incoming", ["type": "voice"]) == (try second.control("incoming", ["type": "voice"])))
    }

    @Test("a shifted clock changes timestamps, not timers")
    func shiftedClockChangesTimestampsNotTimers() throws {
        var bench = Bench()
        try bench.control("incoming", ["type": "voice", "ringSeconds": 10])
        try bench.control("clock-shift", ["seconds": 3600])
        #expect(bench.instance.snapshot["snapshotTimestamp"] == .timestamp(Bench.start + 3600))
        bench.wait(9)
        #expect(bench.seen.last == "PendingBusy/connecting")
        bench.wait(1)
        #expect(bench.seen.last == "MissedCallAgent/missed")
    }

    @Test("reset removes contacts and increments the version")
    func resetRemovesContactsAndChangesTheVersion() throws {
        var bench = Bench()
        _ = try bench.connectedCall()
        let before = bench.instance.version
        try bench.control("reset")
        #expect(bench.instance.version > before && bench.instance.contacts.isEmpty)
        #expect(bench.instance.takeEffects() == [.dropWebsockets])
    }

    @Test("the version changes only with the snapshot")
    func versionChangesWithTheSnapshotOnly() throws {
        var bench = Bench()
        let before = bench.instance.snapshotToken
        try bench.call("GetAgentConfiguration")
        try bench.call("SendClientLogs", ["logEvents": []])
        bench.wait(100)
        #expect(bench.instance.snapshotToken == before)
        try bench.call("PutAgentState", .state("Lunch", "not_routable"))
        #expect(bench.instance.snapshotToken != before)
    }

    @Test("the request log redacts tokens")
    func logsKeepNoSecrets() {
        var log = RequestLog()
        log.note("GetNewAuthToken", body: ["authentication": ["authToken": "s3cret"], "refreshToken": "s3cret"], at: 0)
        #expect(!log.json(operation: nil).text.contains("s3cret"))
        #expect(log.counts["GetNewAuthToken"] == 1)
    }

    @Test("gzip checksums and lengths; form fields are decoded")
    func gzipAndForms() {
        #expect(Gzip.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(Gzip.stored([]).count == 23 && Gzip.stored(Array(repeating: 1, count: 70_000)).count == 70_028)
        #expect(SignInService.formFields("username=a%40b+c&password=") == ["username": "a@b c", "password": ""])
    }
}
