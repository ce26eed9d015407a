// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import StreamsProtocol
import Testing

@testable import ConnectStreams

/// What is there at the start, errors, destinations and devices, and the proxy.
extension EndToEnd.ObjectTests {
    @Test("a client that begins later hears of what is there already, once; a sequence of afterwards does not")
    func existing() async throws {
        let (stage, connect, _) = try await Self.ready()
        defer { withExtendedLifetime(stage) {} }
        try stage.control("/contacts", ["type": "voice", "contactId": "first"])
        try await Self.settled("it rings") { (try? connect.contact("first").isOffered) == true }
        let other = try Connect(path: stage.socket)
        let before = other.onContact
        try await other.start()
        let after = other.onContact
        let event = try await Self.next(before)
        #expect(event.contact.contactId == "first" && event.event.isExisting)
        try stage.control("/contacts", ["type": "chat", "contactId": "second"])
        for contacts in [before, after] {
            let event = try await Self.next(contacts)
            #expect(event.contact.contactId == "second" && !event.event.isExisting)
        }
        connect.close()
        other.close()
    }

    @Test("each error that the service can report: onError, its meaning, and the state before it after clear")
    func errorStates() async throws {
        let (stage, connect, agent) = try await Self.ready()
        defer { withExtendedLifetime(stage) {} }
        let (errors, missed) = (agent.onError, connect.onContact)
        try stage.control("/contacts", ["type": "voice", "ringSeconds": 1])
        let ignored = try await Self.next(missed).contact.onMissed
        #expect(try await Self.next(errors).state?.error == .missedCallAgent)
        _ = try await Self.next(ignored)
        // Choosing a state ends an error, too.
        try await agent.setState(named: "Available")
        #expect(try agent.state?.error == nil)
        for contact in try agent.contacts() { try await contact.clear() }

        for error in AgentErrorState.all {
            let (errors, offers) = (agent.onError, connect.onContactConnecting)
            try stage.control("/contacts", ["type": "voice"])
            let contact = try await Self.next(offers).contact
            let failed = contact.onError
            try stage.control("/contacts/\(contact.contactId)/error", ["reason": .string(error.rawValue)])
            _ = try await Self.next(failed)
            let event = try await Self.next(errors)
            #expect(event.state?.error == error && event.state?.type == .error)
            #expect(try agent.state?.error?.meaning != nil && contact.stateType == .error)
            try await contact.clear()
            #expect(try agent.state?.name == "Available" && agent.state?.error == nil)
        }
        connect.close()
    }

    @Test("quick connects of one queue, a call to one of them, the whole configuration, devices of a page")
    func destinations() async throws {
        let (stage, connect, agent) = try await Self.ready()
        defer { withExtendedLifetime(stage) {} }
        let queue = try #require(try agent.routingProfile?.queues.first?.queueARN)
        let own = try await agent.endpoints(queueARNs: [queue])
        #expect(own.contains { $0.name == "Front desk" })
        #expect(try await agent.endpoints(queueARNs: ["arn:unknown"]).isEmpty)
        let desk = try #require(own.first { $0.type == .phoneNumber })
        let call = try #require(try await agent.dial(desk))
        #expect(try call.initialConnection?.endpoint?.phoneNumber == desk.phoneNumber)
        #expect(try call.queue?.queueARN == agent.routingProfile?.defaultOutboundQueue?.queueARN)
        #expect(try agent.channelConcurrency(.voice) == 1)
        #expect(try agent.channelConcurrency(ChannelType(rawValue: "FAX")) == 0)
        try await call.agentConnection?.destroy()

        var configuration = try agent.configuration.json
        configuration["softphoneEnabled"] = false
        configuration["extension"] = "+12065550177"
        try await agent.setConfiguration(configuration)
        try await Self.settled("it is read again") { try !agent.isSoftphoneEnabled }
        #expect(try agent.phoneExtension == "+12065550177")

        configuration["extension"] = "12"
        await #expect(throws: RequestFailure.self) { try await agent.setConfiguration(configuration) }
        #expect(try agent.phoneExtension == "+12065550177")

        // Another client stands for the page with the microphone.
        let page = try Connect(path: stage.socket)
        let asked = try page.events("configuration::*", "mute")
        try await page.start()
        let (speaker, microphone) = (agent.onSpeakerDeviceChanged, agent.onMicrophoneDeviceChanged)
        let (ringer, camera) = (agent.onRingerDeviceChanged, agent.onCameraDeviceChanged)
        try await agent.setSpeakerDevice("s")
        try await agent.setMicrophoneDevice("m")
        try await agent.setRingerDevice("r")
        try await agent.setCameraDevice("c")
        try await agent.mute()
        try await agent.unmute()
        var heard: [String] = []
        for try await event in asked {
            heard.append("\(event.name) \(event.data?["deviceId"]?.string ?? event.data?["mute"]?.text ?? "")")
            if heard.count == 6 { break }
        }
        #expect(
            heard == [
                "configuration::set_speaker_device s", "configuration::set_microphone_device m",
                "configuration::set_ringer_device r", "configuration::camera_device_changed c", "mute true",
                "mute false",
            ])
        for (what, id) in [("speaker", "s"), ("microphone", "m"), ("ringer", "r")] {
            try await page.broadcast("configuration::\(what)_device_changed", ["deviceId": .string(id)])
        }
        try await page.broadcast("agent::mute_toggle", ["muted": true])
        try await Self.settled("the mute is known") { agent.isMuted == true }
        #expect(try await Self.next(speaker).deviceId == "s")
        #expect(try await Self.next(microphone).deviceId == "m")
        #expect(try await Self.next(ringer).deviceId == "r")
        #expect(try await Self.next(camera).deviceId == "c")
        connect.close()
        page.close()
    }

    @Test("screen sharing by the proxy: the service's answer, its refusal, and both events")
    func proxy() async throws {
        let stage = try Stage()
        try stage.startSimulator()
        var environment = Stage.steady
        environment["PARTYLINE_SESSION_API_PROXY_BASE"] = stage.base
        try stage.startDaemon(environment: environment)
        _ = try stage.readyClient()
        let connect = try Connect(path: stage.socket)
        try await connect.start()
        try await connect.agent().setState(named: "Available")
        let offers = connect.onContactConnecting
        try stage.control(
            "/contacts", ["type": "voice", "contactId": "web", "subtype": "connect:WebRTC", "video": true])
        let call = try await Self.next(offers).contact
        try await call.accept()
        let (started, errors) = (call.onScreenSharingStarted, call.onScreenSharingError)
        #expect(try await call.startScreenSharing() != nil)
        #expect(try await Self.next(started).contactId == "web")
        try stage.control("/faults", ["operation": "screen-sharing", "status": 400, "times": 1])
        await #expect(throws: CallFailure.self) { try await call.startScreenSharing() }
        #expect(try await Self.next(errors).contactId == "web")
        connect.close()
    }
}
