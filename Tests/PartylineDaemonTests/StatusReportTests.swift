// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConduitCore
import SessionCore
import StreamsProtocol
import Testing

@testable import PartylineDaemon

@Suite("getStatus and systemd's status line")
struct StatusReportTests {
    private static let now = Moment(wall: 1_767_226_200_000, uptime: 600_000)

    /// The report of a daemon with two ports, whose session has handled these events.
    private func report(_ events: [SessionEvent] = [.start], agent: AgentData? = nil) throws -> StatusReport {
        var session = Session(settings: SessionSettings(source: .configure), seed: 1)
        for event in events { _ = session.handle(event, at: Self.now) }
        var conduit = Conduit(settings: ConduitSettings(epoch: "e", access: AccessRules(ownUid: 0)))
        for (number, program) in [(1, "crm"), (2, nil)] as [(UInt64, String?)] {
            let peer = Peer(pid: 7, uid: 0, groups: [], program: program)
            _ = conduit.handle(.opened(PortID(number: number), peer, nonce: "n"), at: Self.now)
        }
        return StatusReport(
            identity: DaemonIdentity(epoch: "e", started: Moment(wall: 1_767_225_600_000, uptime: 0)),
            session: session.status(at: Self.now), conduit: conduit.status, agent: agent,
            storage: .init(kept: .files, place: "/run/x"), lostLogLines: 3, configurationFile: "/x.yaml",
            reloadError: "y", accessRules: 2)
    }

    private static let configure: JSON = [
        "authToken": "t", "authTokenExpiration": "2026-01-01T12:00:00.000Z", "region": "us-west-2",
        "endpoint": "https://x/connect/api", "agentAppEndpoint": "https://x/agent-app/api", "authCookieName": "c",
    ]

    @Test(
        "a status decodes and encodes to the same text",
        arguments: [[], [.start], [.start, .configure(configure)], [.start, .configure(configure), .terminate]]
            as [[SessionEvent]])
    func roundTrip(events: [SessionEvent]) throws {
        let status = try report(events).status(at: Self.now, for: .observer)
        let text = status.json.text
        let read = try DaemonStatus(JSON(parsing: Array(text.utf8)))
        #expect(read == status)
        #expect(read.json.text == text)
        #expect(
            read.daemon.uptimeMs == 600_000 && read.daemon.lostLogLines == 3 && read.ports.count == 2
                && read.state.kept == .files)
        #expect(read.absence?.state == read.session.state)
    }

    @Test("the words of a service error are not for the role presence")
    func serviceError() throws {
        var session = Session(settings: SessionSettings(source: .configure), seed: 1)
        _ = session.handle(.start, at: Self.now)
        _ = session.handle(.configure(Self.configure), at: Self.now)
        let poll = session.handle(.timer(.polling), at: Self.now).lazy.compactMap { action -> CallID? in
            guard case .send(let id, let call) = action, call.purpose == "GetAgentSnapshot" else { return nil }
            return id
        }.first
        let body = Array(#"{"__type":"X","message":"contact c-1 of Kim"}"#.utf8)
        _ = session.handle(.http(try #require(poll), .response(status: 400, reason: "", body: body)), at: Self.now)
        let report = StatusReport(
            identity: .make(), session: session.status(at: Self.now),
            conduit: Conduit(settings: ConduitSettings(epoch: "e", access: AccessRules(ownUid: 0))).status, agent: nil,
            storage: .init(kept: .none), lostLogLines: 0, configurationFile: nil, reloadError: nil, accessRules: 0)
        let errors = [Role.presence, .observer].map { report.status(at: Self.now, for: $0).link.lastError }
        #expect(errors == ["getAgentSnapshot: X", "getAgentSnapshot: X: contact c-1 of Kim"])
    }

    @Test(
        "the status line for systemd",
        arguments: [
            ([.start], "waiting for a client's configure"), ([.start, .configure(configure)], "starting"),
            ([.start, .configure(configure), .terminate], "terminated by a client"),
        ] as [([SessionEvent], String)])
    func line(events: [SessionEvent], line: String) throws {
        #expect(StatusReport.line(try report(events).session, agent: nil) == line)
        #expect(
            StatusReport.line(try report(events).session, agent: nil, reloadError: "x")
                == line + "; the last reload failed")
    }
}
