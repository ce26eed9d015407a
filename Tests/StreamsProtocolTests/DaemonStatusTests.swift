// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@Suite("Decoding of getStatus")
struct DaemonStatusTests {
    /// A complete reply, as a daemon encodes it.
    private static let text =
        #"{"daemon":{"version":"0.1.0","pid":42,"startedAt":"2026-01-01T00:00:00.000Z","uptimeMs":600000,"epoch":"e","lostLogLines":0,"accessRules":0},"#
        + #""session":{"source":"authorize","state":"running","suppressesContacts":false,"loginUrl":"https://x/login"},"#
        + #""auth":{"state":"failing","since":"2026-01-01T00:08:00.000Z","expiresAt":"2026-01-01T01:10:00.000Z","lastError":"no","#
        + #""prompt":{"id":"p1","reason":"no","url":"https://x/login","isShown":true},"endsWhenFree":false},"#
        + #""link":{"state":"down","since":"2026-01-01T00:09:00.000Z","callsInFlight":2,"lastError":"refused","#
        + #""failures":3,"nextRetry":"2026-01-01T00:10:04.000Z","syncsInFlight":1,"endpoint":"https://x/api"},"#
        + #""webSocket":{"state":"open","since":"2026-01-01T00:09:00.000Z","topics":["aws/chat","aws/task"]},"#
        + #""agent":{"asOf":"2026-01-01T00:09:58.800Z","ageMs":1200,"configurationAsOf":null,"#
        + #""configurationAgeMs":null,"skewMs":-3,"name":"Ada","state":null},"#
        + #""state":{"kept":"systemd","place":"partyline-state"},"#
        + #""ports":{"count":2,"list":[{"id":"1-a","pid":7,"uid":1000,"program":"crm","role":"operator","#
        + #""connectedAt":"2026-01-01T00:09:57.000Z","linesSent":5,"behind":0,"replyBytes":0,"requests":1,"#
        + #""dialect":"subscriber","events":["contact::*"],"eventsInAll":20,"mode":"latest"},"#
        + #"{"id":"2-b","pid":8,"uid":0,"program":null,"role":"admin","connectedAt":"2026-01-01T00:09:57.000Z","#
        + #""linesSent":0,"behind":7,"replyBytes":2048,"requests":0,"dialect":"streams"}]},"#
        + #""eventLog":{"clock":"e:10","lines":9,"bytes":1536,"first":2,"next":11,"oldest":"e:1","#
        + #""supersededBytes":23,"formerRuns":1},"#
        + #""ledger":{"ports":2,"replyBytes":2048,"requests":1,"users":["#
        + #"{"uid":1000,"programs":1,"ports":1,"replyBytes":0,"requests":1}]},"#
        + #""counters":{"connections":12,"refusedConnections":2,"badLines":0,"unknownEvents":0,"#
        + #""ignoredConfigures":0,"refusedMessages":0,"limitedRequests":0,"lags":0},"#
        + #""limits":{"lineBytes":1,"badLines":2,"eventLogBytes":3,"eventLogLines":4,"supersededBytes":5,"#
        + #""replyBytes":6,"programReplyBytes":7,"uidReplyBytes":8,"requests":9,"programRequests":10,"#
        + #""uidRequests":11,"uidPorts":12,"programPorts":13,"requestsPerSecond":14,"requestBurst":15}}"#

    private static func status(_ text: String = text) throws -> DaemonStatus {
        try DaemonStatus(JSON(parsing: Array(text.utf8)))
    }

    @Test("a status decodes and encodes to the same bytes")
    func roundTrip() throws {
        let status = try Self.status()
        #expect(status.json.text == Self.text)
        #expect(status.link.nextRetry == 1_767_226_204_000 && status.ports.list.last?.program == nil)
        #expect(status.counters[.connections] == 12 && status.limits[.requestBurst] == 15)
    }

    @Test("a status without an agent and optional members decodes")
    func least() throws {
        var status = try Self.status()
        status.agent = nil
        status.auth = .init(state: .none, since: 1)
        #expect(
            status.json["agent"] == .null
                && status.json["auth"] == ["state": "none", "since": "1970-01-01T00:00:00.001Z", "endsWhenFree": false])
        #expect(try DaemonStatus(status.json) == status)
    }

    @Test("unknown members are ignored")
    func unknown() throws {
        let more = Self.text.replacing(#""epoch":"e""#, with: #""epoch":"e","new":[1]"#)
        #expect(try Self.status(more) == Self.status())
    }

    private static let faults: [(String, String, String)] = [
        (#""pid":42,"#, "", "status.daemon.pid is missing"),
        (#""pid":42"#, #""pid":"42""#, "status.daemon.pid has to be a whole number"),
        (#""state":"open""#, #""state":"closed""#, "status.webSocket.state has to be one of idle, connecting, open"),
        (#""state":"down""#, #""state":5"#, "status.link.state has to be one of idle, up, degraded, down"),
        (
            #""since":"2026-01-01T00:09:00.000Z","c"#, #""since":"yesterday","c"#,
            "status.link.since has to be an instant such as 2025-01-01T12:00:00.000Z"
        ),
        (
            #""role":"admin""#, #""role":"root""#,
            "status.ports.list[1].role has to be one of presence, observer, operator, admin"
        ),
        (#""name":"Ada""#, #""name":1"#, "status.agent.name has to be text"),
        (#""lags":0"#, #""lags":null"#, "status.counters.lags has to be a whole number"),
        (#"["aws/chat","aws/task"]"#, "{}", "status.webSocket.topics has to be an array"),
    ]

    @Test("an invalid member → an error with its path", arguments: faults)
    func fault(part: String, replacement: String, message: String) {
        let error = #expect(throws: JSONFormFault.self) {
            try Self.status(Self.text.replacing(part, with: replacement, maxReplacements: 1))
        }
        #expect(error?.description == message)
    }

    @Test("a status that is not an object → an error")
    func noObject() {
        let error = #expect(throws: JSONFormFault.self) { try DaemonStatus([]) }
        #expect(error?.description == "status has to be an object")
    }

    private static let absences: [SessionAbsence] = [
        .noToken, .starting, .unreachable("x"), .signedOut(.configure, nil), .signedOut(.authorize, "x"),
        .terminated(.configure), .terminated(.authorize),
    ]

    @Test("absence and session state convert to each other", arguments: absences)
    func absence(_ absence: SessionAbsence) throws {
        var status = try Self.status()
        status.auth.lastError = nil
        status.link.lastError = nil
        if case .terminated(let source) = absence { status.session.source = source }
        if case .unreachable(let error) = absence { status.link.lastError = error }
        if case .signedOut(let source, let reason) = absence {
            status.session.source = source
            status.auth.lastError = reason
        }
        status.session.state = absence.state
        #expect(status.absence == absence)
        #expect(!absence.message.isEmpty && !absence.summary.isEmpty)
        #expect(absence.error(hint: "h").retryable == (absence.state != .signedOut))
    }
}
