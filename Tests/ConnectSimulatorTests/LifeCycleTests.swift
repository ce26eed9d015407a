// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ConnectSimulator

@Suite("Life cycles: the sequence of agent and contact states")
struct LifeCycleTests {
    @Test func inboundCallFromRingToClear() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        bench.wait(5)
        try bench.control("customer-hangs-up", ["contact": .string(id)])
        try bench.call("ClearContact", .contact(id))
        #expect(bench.seen == ["PendingBusy/connecting", "Busy/connected", "AfterCallWork/ended", "Available"])
        // A generated identifier cannot come again: it need not be kept.
        #expect(bench.instance.contacts.isEmpty && bench.instance.cleared.isEmpty)
    }

    @Test("an identifier that was given is taken for good, until the reset")
    func givenIdentifier() throws {
        var bench = Bench()
        let call: [String: JSON] = ["type": "voice", "contactId": "mine"]
        for _ in 0..<2 {
            try bench.control("incoming", call)
            #expect(throws: ControlError.self) { try bench.control("incoming", call) }
            try bench.call("RejectContact", .contact("mine"))
            try bench.call("ClearContact", .contact("mine"))
            #expect(throws: ControlError.self) { try bench.control("incoming", call) }
            try bench.control("reset")
            try bench.call("PutAgentState", .state("Available", "routable"))
        }
    }

    @Test("a call that is not answered is missed after ringSeconds")
    func unansweredCallIsMissed() throws {
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "voice", "ringSeconds": 5])
        bench.wait(4.9)
        #expect(bench.seen == ["PendingBusy/connecting"])
        bench.wait(0.2)
        #expect(bench.seen.last == "MissedCallAgent/missed")
        #expect(bench.instance.contacts[0].since == Bench.start + 5)
        try bench.call("ClearContact", .contact(id))
        #expect(bench.seen.last == "Available")
    }

    @Test("an offered call that is abandoned, missed, failed or rejected → the agent enters an error state")
    func unacceptedCallEntersAnErrorState() throws {
        for (step, expected) in [
            ("customer-hangs-up", "MissedCallAgent/missed"), ("agent-misses", "MissedCallAgent/missed"),
            ("error", "FailedConnectAgent/error"),
        ] {
            var bench = Bench()
            let id = try bench.control("incoming", ["type": "voice"])
            try bench.control(step, ["contact": .string(id)])
            #expect(bench.seen == ["PendingBusy/connecting", expected])
        }
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "voice"])
        try bench.call("RejectContact", .contact(id))
        #expect(bench.seen == ["PendingBusy/connecting", "MissedCallAgent/rejected"])
    }

    @Test func outboundCallAnswered() throws {
        var bench = Bench()
        try bench.call("CreateOutboundContact", .phone("+12065550123"))
        bench.wait(4)
        let id = bench.instance.contacts[0].id
        try bench.call("DestroyConnection", bench.ids(id, .agent))
        bench.wait(1)
        try bench.call("ClearContact", .contact(id))
        #expect(
            bench.seen == ["CallingCustomer/connecting", "Busy/connected", "AfterCallWork/ended", "Available"])
    }

    @Test func outboundCallNotAnswered() throws {
        var bench = Bench { $0.timings.customerAnswers = nil }
        try bench.call("CreateOutboundContact", .phone("+12065550123"))
        bench.wait(31)
        #expect(bench.seen == ["CallingCustomer/connecting", "FailedConnectCustomer/error"])
    }

    @Test("a queue callback calls the customer after the agent accepts")
    func queueCallback() throws {
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "queue_callback"])
        try bench.call("AcceptContact", .contact(id))
        bench.wait(3)
        try bench.control("customer-hangs-up", ["contact": .string(id)])
        #expect(
            bench.seen == [
                "PendingBusy/incoming", "CallingCustomer/connecting", "Busy/connected", "AfterCallWork/ended",
            ])
        var unanswered = Bench { $0.timings.customerAnswers = nil }
        let other = try unanswered.control("incoming", ["type": "queue_callback"])
        try unanswered.call("AcceptContact", .contact(other))
        unanswered.wait(30)
        #expect(unanswered.seen.last == "MissedCallCustomer/error")
    }

    @Test func chatsDoNotChangeTheAgentsState() throws {
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "chat", "customer": "Kim"])
        try bench.call("AcceptContact", .contact(id))
        try bench.control("customer-says", ["contact": .string(id), "text": "hello"])
        try bench.control("customer-hangs-up", ["contact": .string(id)])
        try bench.call("ClearContact", .contact(id))
        #expect(bench.seen == ["Available/connecting", "Available/connected", "Available/ended", "Available"])
        let pushes = bench.instance.takeEffects()
        #expect(pushes.count == 4)
        guard case .push(let topic, .string(let content), true) = pushes[1] else {
            Issue.record("a chat message is a JSON string, for subscribers only")
            return
        }
        #expect(topic == "aws/chat")
        let message = try JSON(bytes: content.utf8)
        #expect(message["Content"] == "hello" && message["ContactId"] == .string(id))
        #expect(message["ParticipantRole"] == "CUSTOMER" && message["Type"] == "MESSAGE")
    }

    @Test func taskFromCreationToCompletion() throws {
        var bench = Bench()
        let answer = try bench.call(
            "CreateTaskContact",
            ["name": "Call back", "endpoint": ["type": "agent", "agentLogin": "robin"], "idempotencyToken": "once"])
        let id = try #require(answer["contactId"]?.string)
        let again = try bench.call(
            "CreateTaskContact",
            ["name": "Call back", "endpoint": ["type": "agent", "agentLogin": "robin"], "idempotencyToken": "once"])
        #expect(again == answer)
        try bench.call("AcceptContact", .contact(id))
        try bench.call("PauseContact", .contact(id))
        try bench.call("ResumeContact", .contact(id))
        try bench.call("CompleteContact", .contact(id))
        #expect(
            bench.seen == [
                "Available/connecting", "Available/connected", "Available/paused", "Available/connected", "Available",
            ])
    }

    @Test("a scheduled task is offered at its scheduled time")
    func scheduledTaskComesWhenItIsDue() throws {
        var bench = Bench()
        try bench.call(
            "CreateTaskContact",
            [
                "name": "Later", "endpoint": ["type": "agent", "agentLogin": "robin"],
                "scheduledTime": .int(Int(Bench.start) + 60),
            ])
        bench.wait(59)
        #expect(bench.instance.contacts.isEmpty)
        bench.wait(1)
        #expect(bench.instance.contacts.count == 1)
        #expect(bench.instance.contacts[0].scheduledTime == Int(Bench.start) + 60)
    }

    @Test("AcceptContact on a desk phone → InvalidStateException; agent-answers connects")
    func deskPhoneIsAnsweredByControlOnly() throws {
        var bench = Bench {
            $0.softphoneEnabled = false
            $0.deskPhone = "+12065550199"
        }
        let id = try bench.control("incoming", ["type": "voice"])
        #expect(bench.fault("AcceptContact", .contact(id))?.code == "InvalidStateException")
        #expect(bench.connection(.agent, of: id).endpoint?.phoneNumber == "+12065550199")
        #expect(bench.connection(.agent, of: id).media == nil)
        try bench.control("agent-answers", ["contact": .string(id)])
        #expect(bench.seen == ["PendingBusy/connecting", "Busy/connected"])
    }

    @Test("a queue callback at a desk phone waits until the agent answers there")
    func deskPhoneCallback() throws {
        var bench = Bench { ($0.softphoneEnabled, $0.deskPhone) = (false, "+12065550199") }
        let id = try bench.control("incoming", ["type": "queue_callback"])
        #expect(bench.fault("AcceptContact", .contact(id))?.code == "InvalidStateException")
        bench.wait(5)
        #expect(bench.seen == ["PendingBusy/incoming"])
        try bench.control("agent-answers", ["contact": .string(id)])
        #expect(bench.seen.last == "CallingCustomer/connecting")
    }

    @Test("a softphone with auto-accept connects without an operation")
    func autoAcceptConnectsByItself() throws {
        var bench = Bench { $0.softphoneAutoAccept = true }
        try bench.control("incoming", ["type": "voice"])
        bench.wait(0.5)
        #expect(bench.seen == ["PendingBusy/connecting", "Busy/connected"])
        bench.wait(60)
        #expect(bench.seen.count == 2)
    }

    @Test func contactsWaitUntilTheAgentIsAvailable() throws {
        var bench = Bench { $0.initialState = "Offline" }
        try bench.control("incoming", ["type": "voice", "contactId": "first"])
        try bench.control("incoming", ["type": "voice", "contactId": "second"])
        bench.wait(60)
        #expect(bench.instance.contacts.isEmpty)
        try bench.call("PutAgentState", .state("Available", "routable"))
        #expect(bench.instance.contacts.map(\.id) == ["first"])
        try bench.call("RejectContact", .contact("first"))
        try bench.call("ClearContact", .contact("first"))
        #expect(bench.instance.contacts.map(\.id) == ["second"])
        #expect(throws: ControlError.self) { try bench.control("incoming", ["type": "voice", "contactId": "first"]) }
    }
}
