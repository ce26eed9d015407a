// SPDX-License-Identifier: Apache-2.0
import Logging
import Testing

@testable import ConnectSimulator

@Suite("Quick responses, screen sharing, and faults, logs and credentials of the services other than CTI")
struct SideServiceTests {
    private static func search(_ query: String, _ more: [String: JSON] = [:]) -> SideCall {
        .searchQuickResponses(JSON.object(["query": .string(query)]).adding(more))
    }

    private static func names(_ answer: JSON) -> [String] {
        (answer["results"]?.array ?? []).compactMap { $0["name"]?.string }
    }

    @Test("quick responses are found by all searched words, page by page")
    func quickResponsesAreFoundByTheirWords() throws {
        var bench = Bench()
        #expect(try bench.ask(.quickResponsesExist) == ["exists": true])
        #expect(Self.names(try bench.ask(Self.search("Hel"))) == ["Greeting", "Refund on its way"])
        #expect(Self.names(try bench.ask(Self.search("REFUND days"))) == ["Refund on its way"])
        #expect(Self.names(try bench.ask(Self.search("zebra"))).isEmpty)
        let expression: JSON = ["queries": [["name": "content", "operator": "CONTAINS", "values": ["bye"]]]]
        #expect(Self.names(try bench.ask(.searchQuickResponses(["searchExpression": expression]))) == ["Goodbye"])
        let first = try bench.ask(Self.search("", ["maxResults": 3]))
        let second = try bench.ask(Self.search("", ["maxResults": 3, "nextToken": first["nextToken"] ?? .null]))
        #expect(Self.names(first).count == 3 && Self.names(second).count == 1)
        #expect(second.object?["nextToken"] == .null)
    }

    @Test("a quick response's placeholders are filled from the contact's attributes")
    func quickResponsesTakeTheContactsAttributes() throws {
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "chat", "attributes": ["firstName": "Kim"]])
        func greeting(_ answer: JSON) -> JSON? { answer["results"]?.array?.first }
        let blank = greeting(try bench.ask(Self.search("greeting")))
        #expect(blank?["attributesNotInterpolated"] == ["firstName"])
        #expect(blank?["contents"]?["plainText"]?["content"]?.string?.contains("{{Attributes.firstName}}") == true)
        let filled = greeting(try bench.ask(Self.search("greeting", ["contactId": .string(id)])))
        #expect(filled?["contents"]?["plainText"]?["content"] == "Hello Kim, how can I help you?")
        #expect(filled?["attributesInterpolated"] == ["firstName"])
    }

    @Test("invalid searches are rejected")
    func wrongSearchesAreRefused() {
        var bench = Bench()
        #expect(bench.refusal(.searchQuickResponses([:]))?.code == "ValidationException")
        #expect(bench.refusal(Self.search("x", ["maxResults": 0]))?.code == "ValidationException")
        #expect(bench.refusal(Self.search("x", ["contactId": "nobody"]))?.code == "ContactNotFoundException")
        var without = Bench { $0.hasQuickResponses = false }
        #expect(without.refusal(Self.search("x"))?.status == 404)
        #expect((try? without.ask(.quickResponsesExist)) == ["exists": false])
    }

    @Test("screen sharing is possible on connected calls only and ends with the call")
    func screensAreSharedOnConnectedCallsOnly() throws {
        var bench = Bench()
        let chat = try bench.control("incoming", ["type": "chat"])
        try bench.call("AcceptContact", .contact(chat))
        let call = try bench.control("incoming", ["type": "voice", "subtype": "connect:WebRTC"])
        for id in [chat, call] {
            #expect(bench.refusal(.startScreenSharing(["ContactId": .string(id)]))?.code == "InvalidStateException")
        }
        #expect(bench.refusal(.startScreenSharing(["ContactId": "unknown"]))?.status == 404)
        #expect(bench.refusal(.startScreenSharing([:]))?.code == "ValidationException")
        try bench.call("AcceptContact", .contact(call))
        #expect(try bench.ask(.startScreenSharing(["ContactId": .string(call)])) == [:])
        #expect(bench.instance.sharedScreens == [call])
        try bench.control("customer-hangs-up", ["contact": .string(call)])
        #expect(bench.instance.sharedScreens.isEmpty)
    }

    @Test("faults apply to every service by name")
    func everyServiceCanFail() throws {
        var bench = Bench()
        for service in SideService.allCases.map(\.rawValue) {
            try bench.control("faults", ["operation": .string(service), "status": 503])
            #expect(bench.instance.takeFault(for: "AcceptContact") == nil)
            #expect(bench.instance.takeFault(for: service)?.status == 503)
            #expect(bench.instance.takeFault(for: service) == nil)
            #expect(controlHelp.contains("\"\(service)\""), "\(service)")
        }
        try bench.control("faults", ["operation": "*", "status": 500])
        #expect(bench.instance.takeFault(for: "agent-app") == nil, "* stands for the CTI operations")
    }

    @Test("calls are counted by service and found by method")
    func callsAreCountedByServiceAndKept() {
        var log = RequestLog()
        log.note("agent-app", call: "AgentAppService.Lcms.getContact", hasBearer: true, at: 0)
        log.note("agent-app", call: "AgentAppService.VoiceId.describeSession", at: 1)
        log.note("discovery", at: 2)
        #expect(log.counts == ["agent-app": 2, "discovery": 1])
        #expect(log.json(operation: "agent-app").array?.count == 2)
        #expect(log.json(operation: "AgentAppService.Lcms.getContact").array?.count == 1)
        #expect(log.json(operation: "discovery").array?.first?.object?["call"] == nil)
    }

    @Test("each service admits its kinds of credentials and rejects others with 401")
    func credentialsAreCheckedPerService() async throws {
        let host = InstanceHost(
            instance: Bench().instance, clock: VirtualClock(speed: 1), logger: Logger(label: "test"), perform: { _ in })
        let cookie = await host.openSession()
        let answer = try await host.authorize(session: cookie)
        let token = try #require(answer.body["accessToken"]?.string)
        let named = RequestCredentials(bearer: #"{"lily-auth":"\#(token)"}"#)
        let table: [(RequestCredentials, SideService, Bool)] = [
            (named, .agentApp, true), (named, .taskTemplates, true),
            (RequestCredentials(bearer: token), .agentApp, false),
            (RequestCredentials(bearer: token), .quickResponses, true),
            (RequestCredentials(session: cookie), .taskTemplates, true),
            (RequestCredentials(session: cookie), .agentApp, false),
            (RequestCredentials(bearer: #"{"lily-auth":"x"}"#), .agentApp, false),
            (RequestCredentials(bearer: "x", session: "y"), .screenSharing, false),
            (RequestCredentials(), .taskTemplates, false),
            (RequestCredentials(), .discovery, true),
        ]
        for (credentials, service, isAdmitted) in table {
            let fault = await Self.fault(host, credentials, service)
            #expect((fault == nil) == isAdmitted, "\(service)")
            #expect(fault == nil || fault?.status == 401)
        }
        let cookies = ["a=b; \(SignInService.cookieName)=c", "d=e"]
        #expect(RequestCredentials.session(in: cookies) == "c" && RequestCredentials.session(in: ["a=b"]) == nil)
    }

    private static func fault(
        _ host: InstanceHost, _ credentials: RequestCredentials, _ service: SideService
    ) async -> ServiceFault? {
        do throws(ServiceFault) {
            try await host.admit(credentials, to: service)
            return nil
        } catch {
            return error
        }
    }
}
