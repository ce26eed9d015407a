// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import ConnectSimulator

@Suite("Scenarios and configuration files")
struct ScenarioTests {
    /// A file of Config/simulator.
    private static func file(_ name: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "Config/simulator/\(name)"), encoding: .utf8)
    }

    @Test("the same seed gives the same snapshots, another seed others")
    func sameSeedSameSnapshots() throws {
        let scenario = try Scenario(yaml: try Self.file("busy-day.yaml"), file: "busy-day.yaml")
        let first = try play(scenario, seed: 7)
        let second = try play(scenario, seed: 7)
        #expect(first.map(\.bytes) == second.map(\.bytes))
        #expect(first.count > 50)
        #expect(try play(scenario, seed: 8) != first)
    }

    @Test("busy-day.yaml shows every contact state and valid snapshots")
    func busyDayShowsEveryState() throws {
        let scenario = try Scenario(yaml: try Self.file("busy-day.yaml"), file: "busy-day.yaml")
        let snapshots = try play(scenario, seed: 7)
        let agentStates = Set(snapshots.compactMap { $0["state"]?["name"]?.string })
        #expect(
            agentStates == [
                "Offline", "Available", "Lunch", "PendingBusy", "Busy", "AfterCallWork", "MissedCallAgent",
                "CallingCustomer", "LineEngagedCustomer",
            ])
        let contactStates = Set(
            snapshots.flatMap { $0["contacts"]?.array ?? [] }.compactMap { $0["state"]?["type"]?.string })
        #expect(contactStates == Set(Contact.State.allCases.map(\.rawValue)))
        #expect(snapshots.last?["contacts"] == [])
        for snapshot in snapshots { #expect(Shape.snapshot.problem(withAnswer: snapshot) == nil) }
    }

    /// The scenarios, with what they show: the agent's state and the contacts' states, one after another.
    static let shown: [(file: String, states: [String])] = [
        (
            "conference",
            [
                "Offline",
                "Available",
                "PendingBusy | connecting (agent connecting, inbound connected)",
                "Busy | connected (agent connected, inbound connected)",
                "Busy | connected (agent connected, inbound hold, outbound connected)",
                "Busy | connected (agent connected, inbound connected, outbound connected)",
                "Busy | connected (agent connected, inbound hold, outbound hold, outbound connecting)",
                "Busy | connected (agent connected, inbound hold, outbound hold, outbound connected)",
                "Busy | connected (agent connected, inbound connected, outbound connected, outbound connected)",
                "Busy | connected (agent connected, inbound connected, outbound disconnected, outbound connected)",
                "Busy | connected (agent connected, inbound disconnected, outbound disconnected, outbound connected)",
                "AfterCallWork | ended (agent disconnected, inbound disconnected, outbound disconnected, outbound disconnected)",
                "Available",
            ]
        ),
        (
            "consult",
            [
                "Offline",
                "Available",
                "PendingBusy | connecting (agent connecting, inbound connected)",
                "Busy | connected (agent connected, inbound connected)",
                "Busy | connected (agent connected, inbound hold, outbound connected)",
                "Busy | connected (agent connected, inbound connected, outbound hold)",
                "Busy | connected (agent connected, inbound connected, outbound connected)",
                "AfterCallWork | ended (agent disconnected, inbound disconnected, outbound disconnected)",
                "Available",
            ]
        ),
        (
            "email",
            [
                "Offline",
                "Available",
                "Available | pending (agent connecting, inbound connected)",
                "Available | connecting (agent connecting, inbound connected)",
                "Available | connected (agent connected, inbound connected)",
                "Available | ended (agent disconnected, inbound disconnected)",
                "Available",
            ]
        ),
        (
            "monitoring",
            [
                "Offline",
                "Available",
                "PendingBusy | connecting (monitoring connecting, agent connected, inbound connected)",
                "Busy | connected (monitoring silent_monitor, agent connected, inbound connected)",
                "Busy | connected (monitoring barge, agent connected, inbound connected)",
                "Busy | connected (monitoring silent_monitor, agent connected, inbound connected)",
                "AfterCallWork | ended (monitoring disconnected, agent disconnected, inbound disconnected)",
                "Available",
            ]
        ),
        (
            "preview",
            [
                "Offline",
                "Available",
                "PendingBusy | incoming (agent connecting, outbound init)",
                "CallingCustomer | connecting (agent connected, outbound connecting)",
                "Busy | connected (agent connected, outbound connected)",
                "AfterCallWork | ended (agent disconnected, outbound disconnected)",
                "Available",
            ]
        ),
        (
            "supervised",
            [
                "Offline",
                "Available",
                "PendingBusy | connecting (agent connecting, inbound connected)",
                "Busy | connected (agent connected, inbound connected)",
                "Busy | connected (agent connected, inbound connected, monitoring barge)",
                "Busy | connected (agent connected!, inbound connected, monitoring barge)",
                "Busy | connected (agent connected, inbound connected, monitoring barge)",
                "Busy | connected (agent connected, inbound connected)",
                "AfterCallWork | ended (agent disconnected, inbound disconnected)",
                "Available",
            ]
        ),
        (
            "transfer-to-agent",
            [
                "Offline",
                "Available",
                "Available | connecting (agent connecting, inbound connected)",
                "Available | connected (agent connected, inbound connected)",
                "Available | ended (agent disconnected, inbound disconnected)",
                "Available",
                "Available | connecting (agent connecting, inbound connected)",
                "Available | connected (agent connected, inbound connected)",
                "Available | ended (agent disconnected, inbound disconnected)",
                "Available",
                "Available | connecting (agent connecting, inbound connected)",
                "Available | connected (agent connected, inbound connected)",
                "Available | ended (agent disconnected, inbound disconnected)",
                "Available",
            ]
        ),
        (
            "transfer-to-queue",
            [
                "Offline",
                "Available",
                "PendingBusy | connecting (agent connecting, inbound connected)",
                "Busy | connected (agent connected, inbound connected)",
                "Busy | connected (agent connected, inbound hold, outbound connected)",
                "AfterCallWork | ended (agent disconnected, inbound disconnected, outbound disconnected)",
                "Available",
                "Available | connecting (agent connecting, inbound connected)",
                "Available | connected (agent connected, inbound connected)",
                "Available | ended (agent disconnected, inbound disconnected)",
                "Available",
            ]
        ),
        (
            "two-calls",
            [
                "Offline",
                "Available",
                "PendingBusy | connecting (agent connecting, inbound connected)",
                "Busy | connected (agent connected, inbound connected)",
                "PendingBusy | connected (agent connected, inbound connected) | connecting (agent connecting, inbound connected)",
                "Busy | connected (agent hold, inbound connected) | connected (agent connected, inbound connected)",
                "Busy | connected (agent connected, inbound connected) | connected (agent hold, inbound connected)",
                "Busy | ended (agent disconnected, inbound disconnected) | connected (agent hold, inbound connected)",
                "Busy | connected (agent hold, inbound connected)",
                "Busy | connected (agent connected, inbound connected)",
                "AfterCallWork | ended (agent disconnected, inbound disconnected)",
                "Available",
            ]
        ),
        (
            "video",
            [
                "Offline",
                "Available",
                "PendingBusy | connecting (agent connecting, inbound connected)",
                "Busy | connected (agent connected, inbound connected)",
                "AfterCallWork | ended (agent disconnected, inbound disconnected)",
                "Available",
            ]
        ),
    ]

    @Test("each scenario shows what it says, with valid snapshots, and leaves no contact", arguments: shown)
    func scenarios(file: String, states: [String]) throws {
        let settings = try SimulatorConfiguration(
            yaml: try Self.file("scenarios/instance.yaml"), file: "instance.yaml"
        ).settings
        let scenario = try Scenario(yaml: try Self.file("scenarios/\(file).yaml"), file: file)
        let snapshots = try play(scenario, seed: 7, settings: settings)
        for snapshot in snapshots { #expect(Shape.snapshot.problem(withAnswer: snapshot) == nil) }
        #expect(snapshots.map(Self.line) == states)
        #expect(try play(scenario, seed: 7, settings: settings).map(\.bytes) == snapshots.map(\.bytes))
    }

    private static func line(_ snapshot: JSON) -> String {
        let contacts = (snapshot["contacts"]?.array ?? []).map { contact in
            let lines = (contact["connections"]?.array ?? []).map { line in
                let mark = line["forcedMute"] == true ? "!" : ""
                return "\(line["type"]?.string ?? "") \(line["state"]?["type"]?.string ?? "")\(mark)"
            }
            return "\(contact["state"]?["type"]?.string ?? "") (\(lines.joined(separator: ", ")))"
        }
        return ([snapshot["state"]?["name"]?.string ?? ""] + contacts).joined(separator: " | ")
    }

    @Test(
        "a scenario with a step that can never be carried out is refused before it starts",
        arguments: [
            ("{at: 1, do: incoming, type: voice, queue: Nope}", "queue"),
            ("{at: 1, do: failover, activeInstanceArn: zzz}", "activeInstanceArn"),
            ("{at: 1, do: failover, active: other}", "active"),
            ("{at: 1, do: agent, operation: PutAgentState, input: {}}", "input"),
            (
                "{at: 1, do: incoming, type: chat, contactId: c}\n  - {at: 2, do: incoming, type: chat, contactId: c}",
                "contactId"
            ),
            ("{at: 5, do: incoming, as: late, type: chat}\n  - {at: 1, do: error, contact: late}", "contact"),
        ])
    func impossible(steps: String, key: String) throws {
        let scenario = try Scenario(yaml: "steps:\n  - \(steps)\n", file: "wrong.yaml")
        #expect { try scenario.check(.standard()) } throws: { ($0 as? ConfigurationError)?.key == key }
    }

    @Test("the shipped scenarios can be carried out")
    func possible() throws {
        for name in ["demo", "busy-day"] {
            try Scenario(yaml: try Self.file("\(name).yaml"), file: name).check(.standard())
        }
    }

    @Test("every file in Config/simulator/scenarios is listed here")
    func listed() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Config/simulator/scenarios")
        let files = try FileManager.default.contentsOfDirectory(atPath: root.path)
        #expect(Set(files).subtracting(["instance.yaml"]) == Set(Self.shown.map { "\($0.file).yaml" }))
    }

    @Test("demo.yaml plays for an available agent")
    func demoPlaysForAnAvailableAgent() throws {
        let scenario = try Scenario(yaml: try Self.file("demo.yaml"), file: "demo.yaml")
        #expect(scenario.duration == 30)
        var settings = InstanceSettings.standard()
        settings.initialState = "Available"
        let first = try? play(scenario, seed: 1, settings: settings)
        // The missed call is not cleared, so the chat is offered as a second contact.
        #expect(first?.last?["contacts"]?.array?.count == 2)
    }

    @Test("simulator.yaml contains the defaults")
    func configurationFileHasTheDefaults() throws {
        let configuration = try SimulatorConfiguration(yaml: try Self.file("simulator.yaml"), file: "simulator.yaml")
        #expect(configuration == SimulatorConfiguration())
        #expect(try SimulatorConfiguration(yaml: "", file: "empty.yaml") == SimulatorConfiguration())
    }

    @Test("states, queues and quick connects replace the default lists")
    func ownStatesAndQueues() throws {
        let yaml = """
            states: [{name: Here, type: routable}, {name: Coffee, type: not_routable}]
            routingProfile: {queues: [One], concurrency: {chat: 1}}
            quickConnects: [{name: Q, type: queue, queue: One}]
            agent: {username: kim, password: "123", initialState: Coffee, lockAfter: 0}
            timings: {customerAnswers: -1}
            """
        let configuration = try SimulatorConfiguration(yaml: yaml, file: "own.yaml")
        #expect(configuration.settings.initialState == "Coffee")
        #expect(configuration.settings.queues.map(\.name) == ["One"])
        #expect(configuration.settings.timings.customerAnswers == nil)
        #expect(configuration.username == "kim" && configuration.password == "123")
        #expect(configuration.settings.lockAfter == 0)
    }

    @Test(
        "an invalid configuration → an error with line and key",
        arguments: [
            ("agent: {nme: x}", 1, "agent.nme"),
            ("agent:\n  softphone: maybe", 2, "agent.softphone"),
            ("agent:\n  softphone: false", 2, "agent.deskPhone"),
            ("agent:\n  initialState: Nowhere", 2, "agent.initialState"),
            ("agent:\n  countries: [xx]", 2, "agent.countries"),
            ("agent:\n  lockAfter: -1", 2, "agent.lockAfter"),
            ("states:\n  - {name: A, type: busy}", 2, "states[0].type"),
            ("states: []", nil, "states"),
            ("states:\n  - {name: A, type: routable}\n  - {name: A, type: offline}", 3, "states[1].name"),
            ("routingProfile:\n  queues: []", 2, "routingProfile.queues"),
            ("routingProfile:\n  concurrency: {voice: 3}", 2, "routingProfile.concurrency.voice"),
            ("timings:\n  ring: soon", 2, "timings.ring"),
            ("quickConnects:\n  - {type: queue, queue: Nope}", 2, "quickConnects[0].queue"),
            ("sessions:\n  transportSeconds: 0", 2, "sessions.transportSeconds"),
            ("nonsense: 1", 1, "nonsense"),
            ("instance: {arn: x}", 1, "instance.arn"),
            ("agent: [1]", 1, "agent"),
            ("a: b: c", 1, nil),
            ("agent:\n  name: a\n  name: b", nil, nil),
        ] as [(String, Int?, String?)])
    func invalidConfigurationHasLineAndKey(yaml: String, line: Int?, key: String?) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try SimulatorConfiguration(yaml: yaml, file: "wrong.yaml")
        }
        #expect(error?.file == "wrong.yaml")
        if let line { #expect(error?.line == line, "\(error.map(String.init(describing:)) ?? "")") }
        if let key { #expect(error?.key == key, "\(error.map(String.init(describing:)) ?? "")") }
    }

    @Test(
        "an invalid scenario → an error with line and key",
        arguments: [
            ("steps:\n  - {do: reset}", 2, "steps[0].at"),
            ("steps:\n  - {at: 1}", 2, "steps[0].do"),
            ("steps:\n  - {at: 1, do: dance}", 2, "steps[0].do"),
            ("steps:\n  - {at: -1, do: reset}", 2, "steps[0].at"),
            ("steps:\n  - at: 1\n    do: incoming\n    type: fax", 4, "steps[0].type"),
            ("steps:\n  - at: 1\n    do: incoming\n    type: voice\n    colour: red", 5, "steps[0].colour"),
            ("steps:\n  - {at: 1, do: customer-hangs-up, contact: nobody}", 2, "steps[0].contact"),
            ("steps:\n  - {at: 1, do: customer-hangs-up}", 2, "steps[0].contact"),
            ("steps:\n  - {at: 1, do: agent, operation: Fly}", 2, "steps[0].operation"),
            ("steps:\n  - {at: 1, do: faults, operation: AcceptContact}", 2, "steps[0].status"),
            ("steps:\n  - {at: 1, do: account}", 2, "steps[0].locked"),
            ("step: []", 1, "steps"),
        ])
    func invalidScenarioHasLineAndKey(yaml: String, line: Int, key: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try Scenario(yaml: yaml, file: "wrong.yaml") }
        #expect(error?.line == line && error?.key == key, "\(error.map(String.init(describing:)) ?? "")")
    }

    @Test("the built-in demo equals demo.yaml")
    func builtInDemoEqualsTheFile() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Config/simulator/demo.yaml"), encoding: .utf8)
        #expect(BuiltInScenario.named("demo") == text)
        #expect(BuiltInScenario.named("demo.yaml") == nil)
    }

    @Test("a step that is not possible → an error with its line and action")
    func impossibleStepIsReported() throws {
        let yaml = "steps:\n  - {at: 1, do: incoming, as: c, type: chat}\n  - {at: 2, do: customer-accepts, contact: c}"
        let scenario = try Scenario(yaml: yaml, file: "s.yaml")
        let error = #expect(throws: ConfigurationError.self) { try play(scenario, seed: 1) }
        #expect(error?.line == 3 && error?.key == "customer-accepts")
    }
}
