// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import Glibc
import StreamsProtocol
import Synchronization
import Testing

@testable import ConnectStreams

extension EndToEnd {
    /// The Swift client's objects against the real daemon and simulator.
    @Suite("The object API")
    struct ObjectTests {
        /// A stage with an agent who is available, and a client.
        static func ready(
            _ settings: ConnectSettings = ConnectSettings(), _ arguments: String...
        ) async throws -> (Stage, Connect, Agent) {
            let stage = try Stage()
            try stage.startSimulator(arguments)
            try stage.startDaemon(environment: Stage.steady)
            _ = try stage.readyClient()
            let connect = try Connect(path: stage.socket, settings: settings)
            try await connect.start()
            let agent = try await connect.agent()
            try await agent.setState(named: "Available")
            return (stage, connect, agent)
        }

        /// The next element. The sleep is the limit for an event that does not come.
        static func next<Element: Sendable>(_ events: Events<Element>) async throws -> Element {
            try await withThrowingTaskGroup(of: Element?.self) { group in
                group.addTask {
                    for try await event in events { return event }
                    return nil
                }
                group.addTask {
                    try await Task.sleep(for: .seconds(10))
                    return nil
                }
                defer { group.cancelAll() }
                return try #require(await group.next() ?? nil, "no event")
            }
        }

        /// Polls: the data have changed, but no event is told to this test.
        static func settled(_ what: String, _ condition: () throws -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(10)
            while ContinuousClock.now < deadline {
                if try condition() { return }
                try await Task.sleep(for: .milliseconds(20))
            }
            Issue.record("within 10 s: \(what)")
        }

        @Test("a softphone call from ringing to cleared: every action, what is read, and the events of each step")
        func call() async throws {
            let (stage, connect, agent) = try await Self.ready()
            defer { withExtendedLifetime(stage) {} }
            #expect(try agent.name == "Robin Example" && agent.isSoftphoneEnabled)
            #expect(try agent.state?.name == "Available" && agent.availabilityState == "Available")
            let duration = try #require(try agent.stateDuration)
            #expect(duration > .seconds(-1) && duration < .seconds(60))

            let contacts = connect.onContact
            try stage.control("/contacts", ["type": "voice", "contactId": "call-1"])
            let contact = try await Self.next(contacts).contact
            #expect(contact.contactId == "call-1")
            #expect(try contact.isInbound && contact.isSoftphoneCall && contact.stateType == .connecting)
            #expect(try agent.contacts(.voice).map(\.contactId) == ["call-1"])
            #expect(try agent.contacts(.chat).isEmpty)

            let (connected, accepted) = (contact.onConnected, contact.onAccepted)
            try await contact.accept()
            // Confirmed: the data show it when the action ends.
            #expect(try contact.isConnected && agent.state?.name == "Busy")
            let event = try await Self.next(connected)
            #expect(event.data.stateType == .connected && event.event.by != nil)
            _ = try await Self.next(accepted)

            let customer = try #require(try contact.initialConnection as? VoiceConnection)
            let own = try #require(try contact.agentConnection as? VoiceConnection)
            #expect(try customer.endpoint?.type == .phoneNumber && own.mediaInfo != nil)
            #expect(try contact.hasTwoActiveParticipants && customer.isActive && !customer.isOnHold)
            try await customer.hold()
            #expect(try customer.isOnHold)
            try await customer.resume()
            #expect(try customer.isConnected)
            try await own.muteParticipant()
            #expect(try own.isMute == true)
            try await own.unmuteParticipant()
            #expect(try own.isMute == false)
            try await customer.sendDigits("12#")

            let endpoint = try #require(try await agent.endpoints().first { $0.type == .phoneNumber })
            try await contact.addConnection(endpoint)
            let third = try #require(try contact.thirdPartyConnections.first)
            #expect(try third.isConnecting && customer.isOnHold)
            try stage.control("/contacts/call-1/third-party-answers")
            try await Self.settled("the third party is there") { try third.isConnected }
            try await contact.toggleActiveConnections()
            #expect(try third.isOnHold && customer.isConnected)
            try await contact.conferenceConnections()
            #expect(try third.isConnected && customer.isConnected)
            try await third.destroy()

            try await agent.setState(named: "Lunch", enqueueNextState: true)
            #expect(try agent.nextState?.name == "Lunch")
            let (acw, ended, gone) = (agent.onAfterCallWork, contact.onEnded, contact.onDestroy)
            try await own.destroy()
            #expect(try await Self.next(acw).state?.name == "AfterCallWork")
            #expect(try await Self.next(ended).data.stateType == .ended)
            let last = try contact.toSnapshot()
            try await contact.clear()
            #expect(try await Self.next(gone).contact.contactId == "call-1")
            #expect(throws: StateError("Contact call-1 no longer exists.")) { try contact.stateType }
            #expect(throws: StateError.self) { try customer.isActive }
            #expect(last.stateType == .ended && last.connections.count == 3)
            #expect(try agent.state?.name == "Lunch" && agent.nextState == nil)
            connect.close()
        }

        @Test("tasks, chats and calls of the agent: each with its kind of connection")
        func channels() async throws {
            let (stage, connect, agent) = try await Self.ready()
            defer { withExtendedLifetime(stage) {} }
            try stage.control("/contacts", ["type": "task", "contactId": "task-1", "name": "Call back"])
            let task = connect.contact("task-1")
            try await Self.settled("the task rings") { (try? task.stateType) == .connecting }
            try await task.accept()
            #expect(try task.initialConnection is TaskConnection)
            try await task.pause()
            #expect(try task.stateType == .paused)
            try await task.resume()
            #expect(try task.isConnected)
            try await task.complete()

            try stage.control("/contacts", ["type": "chat", "contactId": "chat-1", "customer": "Kim"])
            let chat = connect.contact("chat-1")
            try await Self.settled("the chat rings") { (try? chat.stateType) == .connecting }
            try await chat.accept()
            let own = try #require(try chat.agentConnection as? ChatConnection)
            #expect(try own.mediaInfo?.participantId == own.connectionId)
            #expect(try own.participantName == "Robin Example")
            #expect(try await own.connectionToken()["participantToken"]?.string?.isEmpty == false)
            let queue = try #require(try await agent.endpoints().first { $0.type == .queue })
            try await chat.transfer(queue)
            try await Self.settled("the chat has left") { (try? chat.isConnected) != true }
            try? await chat.clear()

            let made = try #require(try await agent.dial(.phoneNumber("+12065550100")))
            #expect(try made.isInbound == false && made.stateType == .connecting)
            try stage.control("/contacts/\(made.contactId)/customer-accepts")
            try await Self.settled("the customer is there") { try made.isConnected }
            await #expect(throws: RequestFailure.self) { try await agent.dial(.phoneNumber("12")) }
            connect.close()
        }

        @Test("a supervised call, and settings, mute, view: casts come back to the sender")
        func casts() async throws {
            let (stage, connect, agent) = try await Self.ready()
            defer { withExtendedLifetime(stage) {} }
            let view = connect.onViewContact
            try await connect.contact("unknown").view()
            #expect(try await Self.next(view).event.data?["contactId"]?.string == "unknown")
            let blur = agent.onBackgroundBlurChanged
            try await agent.setBackgroundBlur(true)
            #expect(try await Self.next(blur))
            try await Self.settled("the seat has it") { connect.seat["backgroundBlur"] != nil }
            #expect(
                try await agent.updateSettings(JSONObject([("softphoneAutoAccept", true)]))
                    .json["softphoneAutoAccept"] == true)
            await #expect(throws: ValueError.self) { try await agent.setState(named: "Nowhere") }
            await #expect(throws: ValueError.self) {
                try await connect.contact("x").updateMonitorParticipantState(MonitoringMode(rawValue: "WHISPER"))
            }

            try stage.control("/contacts", ["type": "voice", "contactId": "watched", "monitor": true])
            let watched = connect.contact("watched")
            try await Self.settled("the call rings") { (try? watched.stateType) != nil }
            try? await watched.accept()
            try await Self.settled("it listens") { try watched.agentConnection?.isSilentMonitor == true }
            try await watched.bargeIn()
            #expect(try watched.agentConnection?.isBarge == true)
            connect.close()
        }

        /// README's screen pop, word for word: `readme` compares.
        private static func screenPop(
            _ connect: Connect, _ print: @escaping @Sendable (String, String) -> Void
        ) async throws {
            let connected = connect.onContactConnected
            try await connect.start()
            for try await event in connected where event.data.isInbound {
                print("show", event.data.attributes["customerId"] ?? event.contact.contactId)
            }
        }

        @Test("README's screen pop shows the caller, also of a call that comes after a restart")
        func readme() async throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            func body(_ file: String, from start: String, to end: String) throws -> [String] {
                let text = try String(contentsOf: root.appending(path: file), encoding: .utf8)
                let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                let first = try #require(lines.firstIndex(of: start))
                return Array(lines[first...].prefix { $0 != end })
            }
            let begin = "let connected = connect.onContactConnected"
            let own = try body("Tests/EndToEndTests/ObjectTests.swift", from: begin, to: "@Test(")
            let page = try body("README.md", from: begin, to: "```")
            #expect(own.starts(with: page) && page.count == 5)

            let (stage, connect, _) = try await Self.ready()
            defer { withExtendedLifetime(stage) {} }
            let shown = Shown()
            let pop = Task { try await Self.screenPop(connect) { shown.add("\($0) \($1)") } }
            try stage.control("/contacts", ["type": "voice", "contactId": "one", "attributes": ["customerId": "kim"]])
            try await Self.settled("the call rings") { (try? connect.contact("one").isOffered) == true }
            try await connect.contact("one").accept()
            try await Self.settled("the caller is shown") { shown.texts == ["show kim"] }
            try stage.hangUp("one")
            try stage.clear("one")
            try stage.endDaemon(SIGKILL)
            // The agent talks already when the daemon comes back.
            try stage.control("/contacts", ["type": "voice", "contactId": "two"])
            try stage.accept("two")
            try stage.startDaemon(environment: Stage.steady)
            try await Self.settled("the next one, too") { shown.texts == ["show kim", "show two"] }
            pop.cancel()
            connect.close()
        }

        @Test("logs, websocket topics, sign-in and link: what a client hears of the daemon itself")
        func session() async throws {
            let (stage, connect, agent) = try await Self.ready()
            defer { withExtendedLifetime(stage) {} }
            let log = connect.log(component: "chat")
            let entries = log.entries
            log.error("no microphone", exception: ValueError("none"))
            let entry = try await Self.next(entries)
            #expect(entry["component"] == "chat" && entry["level"] == "ERROR" && entry["text"] == "no microphone")
            #expect(entry["exception"]?["message"] == "none")

            try await connect.request("setLogs", ["level": "INFO"])
            let own = log.entries
            try await connect.request("setLogLevel", ["level": "info"])
            #expect(try await Self.next(own)["component"] == "partylined")

            let manager = connect.webSocketManager
            let (updates, chats) = (manager.onSubscriptionUpdate, manager.onMessage("aws/chat"))
            try await manager.subscribeTopics(["aws/chat"])
            #expect(try await Self.next(updates).data?["content"]?["topics"] == ["aws/chat"])
            try stage.control("/contacts", ["type": "chat", "contactId": "chat-1"])
            try await Self.settled("the chat rings") { try agent.contacts(.chat).count == 1 }
            try await connect.contact("chat-1").accept()
            #expect(try await Self.next(chats).string?.contains("participant.joined") == true)

            let other = try Connect(path: stage.socket)
            let (ownSignIn, ownLink) = (other.onSignIn, other.onLink)
            try await other.start()
            #expect(try await Self.next(ownSignIn).state == "signed_in")
            let state = try await Self.next(ownLink)
            #expect(state.state == "up" && !state.isStale)
            let changes = other.onLink
            try stage.control("/faults", ["operation": "*", "status": 500, "times": -1])
            try stage.setState("Lunch")
            let change = try await Self.next(changes)
            #expect(change.state != "up" && change.lastError != nil)
            try stage.clearFaults()
            let terminated = connect.onTerminated
            try await connect.terminate()
            _ = try await Self.next(terminated)
            #expect(throws: StateError("No agent data is available yet!")) { try agent.state }
            connect.close()
            other.close()
        }

        @Test("a task is created; templates are listed; screen sharing wants a connected WebRTC contact")
        func others() async throws {
            let (stage, connect, agent) = try await Self.ready()
            defer { withExtendedLifetime(stage) {} }
            let own = Endpoint(
                EndpointData(json: JSONObject([("type", "agent"), ("endpointARN", .string(try agent.agentARN ?? ""))])))
            let id = try #require(try await agent.createTask(name: "Call back", endpoint: own, description: "Kim"))
            try await Self.settled("the task rings") { (try? connect.contact(id).stateType) == .connecting }
            #expect(try connect.contact(id).name == "Call back" && connect.contact(id).description == "Kim")
            let templates = try await agent.listTaskTemplates()
            let template = try #require(templates["taskTemplates"]?.array?.first?["id"]?.string)
            #expect(try await agent.taskTemplate(id: template)["id"]?.string == template)
            let fields: JSON = ["Phone number": ["type": "STRING", "value": "+12065550123"]]
            #expect(
                try await agent.createTask(
                    name: "Call back", taskTemplateId: template, references: fields, relatedContactId: id) != nil)

            try stage.control(
                "/contacts", ["type": "voice", "contactId": "video", "subtype": "connect:WebRTC", "video": true])
            let call = connect.contact("video")
            try await Self.settled("the call rings") { (try? call.stateType) == .connecting }
            await #expect(throws: StateError("Contact video is not connected.")) { try await call.startScreenSharing() }
            await #expect(throws: StateError("Screen sharing is only supported for WebRTC contacts.")) {
                try await connect.contact(id).startScreenSharing()
            }
            try await call.accept()
            #expect(try call.hasVideoRTCCapabilities && call.canAgentReceiveVideo)
            let line = try #require(try call.agentConnection as? VoiceConnection)
            #expect(try await line.videoConnectionInfo()["meeting"] != nil)
            let (started, stopped) = (call.onScreenSharingStarted, call.onScreenSharingStopped)
            try await call.startScreenSharing(skipSessionInitiation: true)
            #expect(try await Self.next(started).contactId == "video")
            try await call.stopScreenSharing()
            _ = try await Self.next(stopped)
            #expect(throws: VoiceIDError.self) { try line.voiceID() }
            try await call.notifyIssue("AUDIO_QUALITY", "crackling")
            await #expect(throws: RequestFailure.self) { try await connect.contact("gone").notifyIssue("X", "") }
            connect.close()
        }

        @Test("kill -9 and restart: a waiting request fails or is answered, the streams go on, the data are current")
        func restart() async throws {
            let (stage, connect, agent) = try await Self.ready()
            defer { withExtendedLifetime(stage) {} }
            let changes = agent.onStateChange
            let connection = connect.onConnection
            try stage.endDaemon(SIGKILL)
            let request = Task { try await connect.request("getStatus", timeout: .seconds(20)) }
            try stage.setState("Lunch")
            try stage.startDaemon(environment: Stage.steady)
            #expect(try await request.value["daemon"] != nil)
            let change = try await Self.next(changes)
            #expect(change.oldState == "Available" && change.newState == "Lunch")
            guard case .gone = try await Self.next(connection) else {
                Issue.record("the lost connection was not told")
                return
            }
            try await Self.settled("the data are current") { try agent.state?.name == "Lunch" }
            try await agent.setState(named: "Available")
            #expect(try agent.state?.name == "Available")
            connect.close()
        }

        @Test("a daemon that hangs is noticed within the heartbeat's interval and limit, and a request does not hang")
        func hangs() async throws {
            let settings = ConnectSettings(
                synchronizeInterval: .milliseconds(200), acknowledgeLimit: .milliseconds(500))
            let (stage, connect, _) = try await Self.ready(settings)
            defer { withExtendedLifetime(stage) {} }
            let connection = connect.onConnection
            stage.daemon?.kill(SIGSTOP)
            defer { stage.daemon?.kill(SIGCONT) }
            await #expect(throws: RequestFailure.connectionLost) { try await connect.request("sync") }
            guard case .gone(.timeout) = try await Self.next(connection) else {
                Issue.record("told something else")
                return
            }
            #expect(!connect.isLive)
            await #expect(throws: RequestFailure.notConnected) {
                try await connect.request("sync", timeout: .milliseconds(300))
            }
            stage.daemon?.kill(SIGCONT)
            try await Self.settled("it is connected again") { connect.isLive }
            _ = try await connect.request("sync")
            connect.close()
        }

        @Test("cancelled tasks and forgotten sequences leave nothing behind; close ends everything; so does forgetting")
        func leavings() async throws {
            let (stage, connect, agent) = try await Self.ready()
            defer { withExtendedLifetime(stage) {} }
            let before = try Self.descriptors()
            for _ in 0..<50 {
                let waiting = Task { for try await _ in agent.onOffline {} }
                let asking = Task { try await connect.request("sync") }
                asking.cancel()
                waiting.cancel()
                _ = await asking.result
                _ = await waiting.result
                _ = agent.onError
                agent.onRoutable { _ in }.unsubscribe()
            }
            try await Self.settled("no sequence is left") { connect.hub.count == 0 }
            #expect(try Self.descriptors() == before)

            let events = agent.onOffline
            connect.close()
            for try await _ in events {}
            await #expect(throws: RequestFailure.closed) { try await connect.request("sync") }
            await #expect(throws: RequestFailure.closed) { _ = try await connect.agent() }

            let ports = try stage.client()
            for _ in 0..<3 {
                let other = try Connect(path: stage.socket)
                try await other.start()
                _ = try await other.request("getStatus")
            }
            // Forgotten clients end: this port and that of `readyClient` are left.
            try ports.waitForPorts(1)
            #expect(throws: (any Error).self) { try connect.events("a*") }
        }

        private static func descriptors() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        }

        @Test("no daemon: start says so at once; with waits it waits for one; a client that is not started refuses")
        func noDaemon() async throws {
            let path = "/tmp/partyline-no-daemon-\(getpid())"
            let connect = try Connect(path: path)
            await #expect(throws: RequestFailure.closed) { try await connect.request("sync") }
            await #expect(throws: RequestFailure.failed(.connection(.notRunning(path: path)))) {
                try await connect.start()
            }
            let patient = try Connect(path: path, settings: ConnectSettings(waits: true))
            let start = Task { try await patient.start() }
            try await Self.settled("start waits") { patient.state.waiting == 1 }
            start.cancel()
            await #expect(throws: RequestFailure.cancelled) { try await start.value }
            patient.close()
        }

        @Test("a consumer that reads nothing ends with an overflow; others go on")
        func overflow() async throws {
            let (stage, connect, _) = try await Self.ready(ConnectSettings(unreadEvents: 4))
            defer { withExtendedLifetime(stage) {} }
            let (slow, quick) = (try connect.events("hello"), try connect.events("hello"))
            let count = Task {
                var count = 0
                for try await _ in quick {
                    count += 1
                    if count == 20 { break }
                }
                return count
            }
            for _ in 0..<20 { try await connect.broadcast("hello") }
            #expect(try await count.value == 20)
            await #expect(throws: EventsOverflow.self) { for try await _ in slow {} }
            connect.close()
        }
    }
}

/// Texts from several tasks.
private final class Shown: Sendable {
    private let content = Mutex<[String]>([])

    var texts: [String] { content.withLock { $0 } }

    func add(_ text: String) { content.withLock { $0.append(text) } }
}
