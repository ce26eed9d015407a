// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import StreamsProtocol
import Testing

/// What an agent does in a scenario. A contact is named by its alias: the id that the scenario gave it, or `dialled`.
private enum Deed: Sendable {
    case setState(String, next: Bool = false)
    case accept(String), reject(String), hangUp(String), clear(String)
    case hold(String), resume(String), mute(String), unmute(String), digits(String, String)
    case resumeOwn(String)
    case add(String, name: String), toggle(String), conference(String), hangUpThird(String)
    case pause(String), resumeTask(String), complete(String)
    case barge(String), listen(String)
    case dial(String)
    /// A step of the simulator, and the event that tells that it has happened.
    case step(String, JSON? = nil, until: String)
}

private struct DrivenScenario: Sendable, CustomTestStringConvertible {
    let name: String
    /// Lines of the simulator's section `agent`.
    var agent = ""
    let deeds: [Deed]

    var testDescription: String { name }

    private static func offer(_ type: String, _ id: String, _ more: JSON = [:], until: String = "connecting") -> Deed {
        var contact = JSONObject([("type", .string(type)), ("contactId", .string(id)), ("ringSeconds", 3600)])
        for member in more.object?.members ?? [] { contact[member.name] = member.value }
        return .step("/contacts", .object(contact), until: "contact::\(until)")
    }

    private static let available = Deed.setState("Available")

    static let all: [DrivenScenario] = [
        DrivenScenario(
            name: "inbound softphone voice",
            deeds: [
                available, offer("voice", "a"), .accept("a"), .hold("a"), .resume("a"), .mute("a"), .unmute("a"),
                .digits("a", "12#"), .setState("Lunch", next: true), .hangUp("a"), .clear("a"),
            ]),
        DrivenScenario(
            name: "desk-phone voice", agent: "  softphone: false\n  deskPhone: \"+12065550199\"\n",
            deeds: [
                available, offer("voice", "a"), .step("/contacts/a/agent-answers", until: "contact::connected"),
                .step("/contacts/a/customer-hangs-up", until: "contact::ended"), .clear("a"),
            ]),
        DrivenScenario(
            name: "outbound voice",
            deeds: [
                available, .dial("+12065550100"),
                .step("/contacts/dialled/customer-accepts", until: "contact::connected"), .hangUp("dialled"),
                .clear("dialled"),
            ]),
        DrivenScenario(
            name: "queue callback",
            deeds: [
                available, offer("queue_callback", "a", until: "incoming"), .accept("a"),
                .step("/contacts/a/customer-accepts", until: "contact::connected"), .hangUp("a"), .clear("a"),
            ]),
        DrivenScenario(
            name: "task",
            deeds: [
                available, offer("task", "a", ["name": "Refund"]), .accept("a"), .pause("a"), .resumeTask("a"),
                .complete("a"), offer("task", "b"), .reject("b"), .clear("b"),
            ]),
        DrivenScenario(
            name: "supervised voice",
            deeds: [
                available, offer("voice", "a", ["monitor": true]), .accept("a"), .barge("a"), .listen("a"),
                .hangUp("a"), .clear("a"),
            ]),
        DrivenScenario(
            name: "voice conference with transfer",
            deeds: [
                available, offer("voice", "a"), .accept("a"), .add("a", name: "Front desk"),
                .step("/contacts/a/third-party-answers", until: "contact::refresh"), .toggle("a"), .conference("a"),
                .hangUpThird("a"), .add("a", name: "Sam"), .hangUp("a"), .clear("a"),
            ]),
        DrivenScenario(
            name: "two calls at once",
            deeds: [
                available, offer("voice", "a"), .accept("a"), offer("voice", "b"), .accept("b"), .resumeOwn("a"),
                .hangUp("b"), .hangUp("a"), .clear("a"), .clear("b"),
            ]),
        DrivenScenario(
            name: "preview",
            deeds: [
                available, offer("voice", "a", ["preview": true], until: "incoming"),
                .step("/contacts/a/preview-accepts", until: "contact::connecting"),
                .step("/contacts/a/customer-accepts", until: "contact::connected"), .hangUp("a"), .clear("a"),
            ]),
    ]
}

extension EndToEnd {
    /// The same scenario, driven once with the Swift objects and once with the command line.
    @Suite("Scenarios driven from Swift and from the command line")
    struct DrivenScenarioTests {
        @Test("both see the same events in the same order", arguments: DrivenScenario.all)
        fileprivate func same(scenario: DrivenScenario) async throws {
            let swift = try await Self.play(scenario) { try await SwiftDriver($0) }
            let shell = try await Self.play(scenario) { ShellDriver(stage: $0) }
            #expect(swift.count > 5 && swift == shell, "\(swift)\n\(shell)")
        }

        /// The events of the agent and its contacts, but for the refreshes, by aliases.
        private static func play(
            _ scenario: DrivenScenario, _ make: (Stage) async throws -> any Driver
        ) async throws -> [String] {
            let stage = try Stage()
            defer { withExtendedLifetime(stage) {} }
            let file = "\(stage.folder)/simulator.yaml"
            try """
            routingProfile:
              concurrency: {voice: 2}
            timings: {customerAnswers: -1, thirdPartyAnswers: -1}
            agent:
              maximumThirdParties: 3
            \(scenario.agent)
            """.write(toFile: file, atomically: true, encoding: .utf8)
            try stage.startSimulator("--config", file)
            try stage.startDaemon(environment: Stage.steady)
            _ = try stage.readyClient()
            let witness = try Subscriber(stage.socket)
            let driver = try await make(stage)
            var dialled = "dialled"
            for deed in scenario.deeds {
                if case .step(let path, let body, let event) = deed {
                    try stage.control(path.replacing("dialled", with: dialled), body)
                    try witness.wait(for: event)
                } else if case .dial(let number) = deed {
                    dialled = try await driver.dial(number)
                } else {
                    try await driver.perform(deed, dialled)
                }
            }
            _ = try witness.connection.request("sync")
            try witness.readAvailable()
            await driver.end()
            return witness.events.filter { !$0.name.hasSuffix("::refresh") && $0.name != "contact::accepted" }
                .resumable.map { event in
                    let detail = event.data?["newState"]?.string ?? event.contactId ?? ""
                    return "\(event.name) \(detail == dialled ? "dialled" : detail)"
                }
        }
    }
}

private protocol Driver: Sendable {
    func perform(_ deed: Deed, _ dialled: String) async throws
    /// Returns the new contact's id.
    func dial(_ number: String) async throws -> String
    func end() async
}

private struct SwiftDriver: Driver {
    let connect: Connect
    let agent: Agent

    init(_ stage: Stage) async throws {
        connect = try Connect(path: stage.socket)
        try await connect.start()
        agent = try await connect.agent()
    }

    func end() { connect.close() }

    func dial(_ number: String) async throws -> String {
        try #require(try await agent.dial(.phoneNumber(number))).contactId
    }

    func perform(_ deed: Deed, _ dialled: String) async throws {
        func contact(_ alias: String) -> Contact { connect.contact(alias == "dialled" ? dialled : alias) }
        func customer(_ alias: String) throws -> VoiceConnection {
            try #require(try contact(alias).initialConnection as? VoiceConnection)
        }
        func own(_ alias: String) throws -> any Connection { try #require(try contact(alias).agentConnection) }
        switch deed {
        case .setState(let name, let next): try await agent.setState(named: name, enqueueNextState: next ? true : nil)
        case .accept(let id): try await contact(id).accept()
        case .reject(let id): try await contact(id).reject()
        case .hangUp(let id): try await own(id).destroy()
        case .clear(let id): try await contact(id).clear()
        case .hold(let id): try await customer(id).hold()
        case .resume(let id): try await customer(id).resume()
        case .resumeOwn(let id): try await own(id).resume()
        case .mute(let id): try await (try own(id) as? VoiceConnection)?.muteParticipant()
        case .unmute(let id): try await (try own(id) as? VoiceConnection)?.unmuteParticipant()
        case .digits(let id, let digits): try await customer(id).sendDigits(digits)
        case .add(let id, let name):
            let endpoint = try #require(try await agent.endpoints().first { $0.name == name })
            if endpoint.type == .phoneNumber {
                try await contact(id).addConnection(endpoint)
            } else {
                try await contact(id).addParticipant(endpoint)
            }
        case .toggle(let id): try await contact(id).toggleActiveConnections()
        case .conference(let id): try await contact(id).conferenceConnections()
        case .hangUpThird(let id): try await contact(id).singleActiveThirdPartyConnection?.destroy()
        case .pause(let id): try await contact(id).pause()
        case .resumeTask(let id): try await contact(id).resume()
        case .complete(let id): try await contact(id).complete()
        case .barge(let id): try await contact(id).bargeIn()
        case .listen(let id): try await contact(id).silentMonitor()
        case .dial, .step: break
        }
    }
}

private struct ShellDriver: Driver {
    let folder: String
    let socket: String

    init(stage: Stage) { (folder, socket) = (stage.folder, stage.socket) }

    func end() {}

    func dial(_ number: String) throws -> String { try run("dial", number).trimmingCharacters(in: .newlines) }

    @discardableResult private func run(_ arguments: String...) throws -> String {
        let end = try Program.run("partyline", ["--socket", socket] + arguments, folder: folder, seconds: 60)
        #expect(end.status == 0, "\(arguments): \(end)")
        return end.printed
    }

    func perform(_ deed: Deed, _ dialled: String) throws {
        func id(_ alias: String) -> String { alias == "dialled" ? dialled : alias }
        func contact(_ verb: String, _ alias: String) throws { try run("contact", verb, id(alias)) }
        switch deed {
        case .setState(let name, let next):
            _ =
                try next
                ? run("agent", "set-state", name, "--next") : run("agent", "set-state", name)
        case .accept(let alias): try contact("accept", alias)
        case .reject(let alias): try contact("reject", alias)
        case .hangUp(let alias): try contact("hang-up", alias)
        case .clear(let alias): try contact("clear", alias)
        case .hold(let alias): try contact("hold", alias)
        case .resume(let alias), .resumeTask(let alias): try contact("resume", alias)
        case .resumeOwn(let alias): try run("contact", "resume", id(alias), "--connection", "agent")
        case .mute(let alias): try contact("mute", alias)
        case .unmute(let alias): try contact("unmute", alias)
        case .digits(let alias, let digits): try run("contact", "dtmf", digits, id(alias))
        case .add(let alias, let name): try run("contact", "add", name, id(alias))
        case .toggle(let alias): try contact("toggle", alias)
        case .conference(let alias): try contact("conference", alias)
        case .hangUpThird(let alias): try run("contact", "hang-up", id(alias), "--connection", "third-party")
        case .pause(let alias): try contact("pause", alias)
        case .complete(let alias): try contact("complete", alias)
        case .barge(let alias): try contact("barge", alias)
        case .listen(let alias): try contact("monitor", alias)
        case .dial, .step: break
        }
    }
}
