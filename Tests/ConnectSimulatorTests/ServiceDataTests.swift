// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ConnectSimulator

/// Kinds of contacts and members of their data that came with later versions of Streams.
@Suite("Data of the service")
struct ServiceDataTests {
    private func contact(_ bench: Bench, _ id: String) -> JSON {
        bench.instance.snapshot["contacts"]?.array?.first { $0["contactId"]?.string == id } ?? .null
    }

    private func state(_ bench: Bench, _ id: String) -> String? { contact(bench, id)["state"]?["type"]?.string }

    /// The content types of the chat events pushed since the last call, without the common beginning.
    private func chatEvents(_ bench: inout Bench) throws -> [String] {
        try bench.instance.takeEffects().compactMap { effect in
            guard case .push("aws/chat", let content, true) = effect else { return nil }
            let item = try JSON(bytes: Array((content.string ?? "").utf8))
            return item["ContentType"]?.string?.replacing("application/vnd.amazonaws.connect.event.", with: "")
        }
    }

    @Test("a WebRTC call with video has capabilities on both sides, and its direction")
    func video() throws {
        var bench = Bench()
        let id = try bench.control(
            "incoming", ["type": "voice", "subtype": "connect:WebRTC", "video": true])
        let lines = contact(bench, id)["connections"]?.array ?? []
        #expect(lines.map { $0["capabilities"]?["Video"]?.string } == ["SEND", "SEND"])
        #expect(contact(bench, id)["segmentAttributes"]?["connect:Direction"]?["ValueString"]?.string == "INBOUND")
        #expect(throws: ControlError.self) { try bench.control("incoming", ["type": "voice", "video": true]) }
        var outbound = Bench()
        try outbound.call("CreateOutboundContact", .phone("+12065550100"))
        let made = outbound.instance.snapshot["contacts"]?.array?.first
        #expect(made?["segmentAttributes"]?["connect:Direction"]?["ValueString"]?.string == "OUTBOUND")
    }

    @Test(
        "contacts in which the customer is called have the direction OUTBOUND",
        arguments: [["type": "queue_callback"], ["type": "voice", "preview": true]] as [[String: JSON]])
    func calledCustomers(members: [String: JSON]) throws {
        var bench = Bench()
        let id = try bench.control("incoming", members)
        #expect(contact(bench, id)["segmentAttributes"]?["connect:Direction"]?["ValueString"]?.string == "OUTBOUND")
    }

    @Test(
        "auto-accept of a contact overrides the softphone's, for every type",
        arguments: ["voice", "chat", "task", "email"], [true, false])
    func autoAccept(type: String, accepts: Bool) throws {
        var bench = Bench { $0.softphoneAutoAccept = !accepts }
        let id = try bench.control("incoming", ["type": .string(type), "autoAccept": .bool(accepts)])
        #expect(contact(bench, id)["agentContactHandlingConfig"]?["autoAccept"] == .bool(accepts))
        bench.wait(1)
        #expect((state(bench, id) == "connected") == accepts)
    }

    @Test("an e-mail: addresses and recipients; accepted, transferred and cleared like a task")
    func email() throws {
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "email", "customer": "kim@example.org"])
        let email = contact(bench, id)
        #expect(email["type"]?.string == "email")
        #expect(email["customerEndpoint"]?["emailAddress"]?.string == "kim@example.org")
        #expect(email["connectSystemEndpoint"]?["emailAddress"]?.string == "support@example.com")
        #expect(email["emailRecipients"]?["fromRecipient"]?["address"]?.string == "kim@example.org")
        #expect(email["emailRecipients"]?["toList"]?.array?.count == 1)
        #expect(throws: ControlError.self) { try bench.control("incoming", ["type": "email", "customer": "kim"]) }
        #expect(email["segmentAttributes"]?["connect:Subtype"]?["ValueString"]?.string == "connect:Email")
        #expect(bench.instance.snapshot["state"]?["name"]?.string == "Available")
        try bench.call("AcceptContact", .contact(id))
        try bench.call(
            "TransferContact",
            JSON.contact(id).merged(["endpoint": bench.instance.settings.quickConnects[1].endpoint.json]))
        try bench.call("ClearContact", .contact(id))
        #expect(bench.instance.contacts.isEmpty)
    }

    @Test("a pending contact cannot be accepted; then it rings")
    func pending() throws {
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "voice", "pendingSeconds": 3, "ringSeconds": 5])
        #expect(state(bench, id) == "pending" && bench.instance.snapshot["state"]?["name"]?.string == "PendingBusy")
        #expect(bench.fault("AcceptContact", .contact(id))?.code == "InvalidStateException")
        bench.wait(3)
        #expect(state(bench, id) == "connecting")
        bench.wait(5)
        #expect(state(bench, id) == "missed")
    }

    @Test("a pending contact that ends is missed, rejected or failed like one that rings")
    func pendingEnds() throws {
        for type in ["voice", "chat"] {
            for (step, end) in [("customer-hangs-up", "missed"), ("error", "error")] {
                var bench = Bench()
                let id = try bench.control("incoming", ["type": .string(type), "pendingSeconds": 3])
                try bench.control(step, ["contact": .string(id)])
                #expect(state(bench, id) == end, "\(type) \(step)")
                #expect(try chatEvents(&bench).isEmpty)
            }
            for operation in ["RejectContact", "DestroyConnection"] {
                var bench = Bench()
                let id = try bench.control("incoming", ["type": .string(type), "pendingSeconds": 3])
                try bench.call(operation, bench.ids(id, .agent))
                #expect(state(bench, id) == "rejected", "\(type) \(operation)")
                bench.wait(5)
                #expect(state(bench, id) == "rejected")
            }
        }
        var bench = Bench()
        _ = try bench.control("incoming", ["type": "voice", "pendingSeconds": 3])
        let customer = bench.ids(bench.instance.contacts[0].id, .customer)
        #expect(bench.fault("DestroyConnection", customer)?.code == "InvalidStateException")
    }

    @Test("neither a preview nor a call on a desk phone is accepted automatically")
    func notAutomatic() throws {
        var bench = Bench { $0.softphoneAutoAccept = true }
        let preview = try bench.control("incoming", ["type": "voice", "preview": true, "autoAccept": true])
        bench.wait(2)
        #expect(state(bench, preview) == "incoming")
        #expect(throws: ControlError.self) { try bench.control("agent-answers", ["contact": .string(preview)]) }
        var desk = Bench { ($0.softphoneEnabled, $0.deskPhone) = (false, "+12065550199") }
        let call = try desk.control("incoming", ["type": "voice", "autoAccept": true])
        desk.wait(2)
        #expect(state(desk, call) == "connecting")
    }

    @Test(
        "wrong combinations → an error with the member",
        arguments: [
            (["direction": "outbound", "queue": "Sales"], "direction"),
            (["direction": "outbound", "video": true], "video"),
            (["preview": true, "monitor": true], "preview"), (["contactId": ""], "contactId"),
            (["initialContactId": "a/b"], "contactId"), (["pendingSeconds": -1], "pendingSeconds"),
            (["autoAccept": "yes"], "autoAccept"), (["subtype": "WebRTC"], "subtype"),
        ] as [([String: JSON], String)])
    func combinations(members: [String: JSON], wrong: String) {
        var bench = Bench()
        var members = members
        members["type"] = "voice"
        #expect { try bench.control("incoming", members) } throws: { ($0 as? ControlError)?.member == wrong }
    }

    @Test("a campaign's preview rings in incoming and is accepted by a step; then the customer is called")
    func preview() throws {
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "voice", "preview": true])
        #expect(contact(bench, id)["initiationMethod"]?.string == "campaign_preview" && state(bench, id) == "incoming")
        #expect(bench.fault("AcceptContact", .contact(id))?.code == "InvalidStateException")
        try bench.control("preview-accepts", ["contact": .string(id)])
        #expect(state(bench, id) == "connecting")
        #expect(bench.instance.snapshot["state"]?["name"]?.string == "CallingCustomer")
        bench.wait(3)
        #expect(state(bench, id) == "connected")
        #expect(contact(bench, id)["initiationMethod"]?.string == "campaign_preview")
        #expect(throws: ControlError.self) { try bench.control("preview-accepts", ["contact": .string(id)]) }
        let other = try bench.control("incoming", ["type": "chat"])
        #expect(throws: ControlError.self) { try bench.control("preview-accepts", ["contact": .string(other)]) }
    }

    @Test("the configuration has the voice enhancement mode")
    func voiceEnhancement() {
        let bench = Bench { $0.voiceEnhancementMode = "VOICE_ISOLATION" }
        #expect(bench.instance.configuration["voiceEnhancementMode"]?.string == "VOICE_ISOLATION")
        #expect(Bench().instance.configuration["voiceEnhancementMode"]?.string == "NONE")
    }

    @Test("two calls: accepting or resuming one holds the other; no third one")
    func twoCalls() throws {
        var bench = Bench { $0.concurrency["VOICE"] = 2 }
        let first = try bench.connectedCall()
        let second = try bench.control("incoming", ["type": "voice"])
        let third = try bench.control("incoming", ["type": "voice"])
        #expect(bench.instance.waiting.map(\.id) == [third])
        #expect(bench.instance.snapshot["state"]?["name"]?.string == "PendingBusy")
        try bench.call("AcceptContact", .contact(second))
        #expect(bench.connection(.agent, of: first).state == .hold)
        #expect(bench.connection(.agent, of: second).state == .connected)
        try bench.call("ResumeConnection", bench.ids(first, .agent))
        #expect(bench.connection(.agent, of: first).state == .connected)
        #expect(bench.connection(.agent, of: second).state == .hold)
        #expect(bench.fault("CreateOutboundContact", .phone("+12065550100"))?.code == "InvalidStateException")
        try bench.control("customer-hangs-up", ["contact": .string(first)])
        #expect(bench.instance.snapshot["state"]?["name"]?.string == "Busy")
        try bench.control("customer-hangs-up", ["contact": .string(second)])
        #expect(bench.instance.snapshot["state"]?["name"]?.string == "AfterCallWork")
        try bench.call("ClearContact", .contact(first))
        #expect(bench.instance.contacts.map(\.id) == [second], "no call in after-contact work")
        try bench.call("ClearContact", .contact(second))
        #expect(bench.instance.contacts.map(\.id) == [third])
    }

    @Test("two calls with third parties: a conference of the one that is on hold resumes only its participants")
    func twoConferences() throws {
        var bench = Bench { ($0.concurrency["VOICE"], $0.maximumThirdParties) = (2, 2) }
        let sam: JSON = ["endpoint": ["type": "agent", "agentLogin": "sam"]]
        let first = try bench.connectedCall()
        try bench.call("AddNewConnection", JSON.contact(first).merged(sam))
        let second = try bench.connectedCall()
        try bench.call("AddNewConnection", JSON.contact(second).merged(sam))
        try bench.call("ConferenceConnections", .contact(first))
        #expect(bench.connection(.agent, of: first).state == .hold)
        #expect(bench.connection(.customer, of: first).state == .connected)
        #expect(Invariants.violations(of: bench.instance).isEmpty)
    }

    @Test("third parties confer after the customer has left")
    func conferenceWithoutCustomer() throws {
        var bench = Bench { $0.maximumThirdParties = 2 }
        let id = try bench.connectedCall()
        try bench.call(
            "AddNewConnection", JSON.contact(id).merged(["endpoint": ["type": "agent", "agentLogin": "sam"]]))
        try bench.control("customer-hangs-up", ["contact": .string(id)])
        #expect(bench.fault("ConferenceConnections", .contact(id))?.code == "InvalidStateException")
        try bench.call("AddNewConnection", JSON.contact(id).merged(.phone("+12065550100")))
        try bench.control("third-party-answers", ["contact": .string(id)])
        try bench.call("ConferenceConnections", .contact(id))
        #expect(bench.instance.contacts[0].connections.filter { $0.isThirdParty && $0.state == .connected }.count == 2)
    }

    @Test("all seven events of a chat")
    func chat() throws {
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "chat"])
        let step: [String: JSON] = ["contact": .string(id)]
        _ = bench.instance.takeEffects()
        try bench.call("AcceptContact", .contact(id))
        #expect(try chatEvents(&bench) == ["participant.joined"])
        try bench.control("customer-acknowledges", step)
        try bench.control("customer-types", step)
        #expect(try chatEvents(&bench) == ["connection.acknowledged", "typing"])
        #expect(throws: ControlError.self) { try bench.control("transfer-fails", step) }
        let sam = JSON.contact(id).merged(["endpoint": ["type": "agent", "agentLogin": "sam"]])
        try bench.call("AddNewConnection", sam)
        try bench.control("transfer-fails", step)
        #expect(try chatEvents(&bench) == ["participant.joined", "transfer.failed", "participant.left"])
        try bench.call("AddNewConnection", sam)
        try bench.control("third-party-hangs-up", step)
        #expect(try chatEvents(&bench) == ["participant.joined", "participant.left"])
        try bench.control("customer-hangs-up", step)
        #expect(try chatEvents(&bench) == ["participant.left", "chat.ended"])
        try bench.call("ClearContact", .contact(id))
        #expect(try chatEvents(&bench).isEmpty)
        #expect(throws: ControlError.self) { try bench.control("customer-types", step) }

        let other = try bench.control("incoming", ["type": "chat"])
        try bench.call("AcceptContact", .contact(other))
        _ = bench.instance.takeEffects()
        try bench.call(
            "TransferContact",
            JSON.contact(other).merged(["endpoint": bench.instance.settings.quickConnects[1].endpoint.json]))
        #expect(try chatEvents(&bench) == ["participant.left", "transfer.succeeded"])
        let left = try bench.control("incoming", ["type": "chat"])
        try bench.call("AcceptContact", .contact(left))
        _ = bench.instance.takeEffects()
        try bench.call("DestroyConnection", bench.ids(left, .agent))
        bench.wait(1)
        #expect(try chatEvents(&bench) == ["participant.left", "chat.ended"])
        #expect(ChatEvent.allCases.count == 7)

        let shared = try bench.control("incoming", ["type": "chat"])
        try bench.call("ClearContact", .contact(left))
        try bench.call("AcceptContact", .contact(shared))
        try bench.call(
            "AddNewConnection", JSON.contact(shared).merged(["endpoint": ["type": "agent", "agentLogin": "sam"]]))
        _ = bench.instance.takeEffects()
        try bench.call("DestroyConnection", bench.ids(shared, .agent))
        bench.wait(1)
        // The customer and Sam go on.
        #expect(try chatEvents(&bench) == ["participant.left"])
    }

    @Test("a customer who has left a chat says nothing any more")
    func customerLeft() throws {
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "chat"])
        try bench.call("AcceptContact", .contact(id))
        try bench.call(
            "AddNewConnection", JSON.contact(id).merged(["endpoint": ["type": "agent", "agentLogin": "sam"]]))
        let step: [String: JSON] = ["contact": .string(id)]
        try bench.control("customer-hangs-up", step)
        for (action, members) in [("customer-says", step.merging(["text": "x"]) { $1 }), ("customer-types", step)] {
            #expect(throws: ControlError.self) { try bench.control(action, members) }
        }
    }

    @Test(
        "customers and identifiers that cannot be are refused, with the member's name",
        arguments: [
            (["type": "voice", "customer": "abc"], "customer"),
            (["type": "queue_callback", "customer": ""], "customer"),
            (["type": "voice", "direction": "outbound", "customer": "+1 2"], "customer"),
            (["type": "email", "customer": "@"], "customer"), (["type": "task", "contactId": "a b"], "contactId"),
            (["type": "chat", "contactId": "l\nine"], "contactId"),
        ] as [([String: JSON], String)])
    func refused(members: [String: JSON], member: String) {
        var bench = Bench()
        #expect { try bench.control("incoming", members) } throws: {
            let error = $0 as? ControlError
            return error?.status == 400 && error?.member == member
        }
    }

    @Test("what only the present state forbids has the status 409, and does not make a scenario invalid")
    func presentState() throws {
        var bench = Bench { $0.initialState = "Offline" }
        let input: JSON = ["endpoint": ["type": "phone_number", "phoneNumber": "+12065550111"]]
        #expect { try bench.control("agent", ["operation": "CreateOutboundContact", "input": input]) } throws: {
            ($0 as? ControlError)?.status == 409
        }
        let yaml = """
            steps:
              - {at: 0, do: incoming, as: c, type: voice}
              - {at: 1, do: agent, operation: DestroyConnection, contact: c, connection: agent}
              - {at: 2, do: agent, operation: HoldConnection, contact: c, connection: customer}
            """
        try Scenario(yaml: yaml, file: "x").check(bench.instance.settings)
    }
}
