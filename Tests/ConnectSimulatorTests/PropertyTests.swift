// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import ConnectSimulator

@Suite("Ten thousand random steps")
struct PropertyTests {
    @Test(
        "snapshots have their shape and the invariants hold after every step",
        arguments: [1, 20, UInt64(Date().timeIntervalSince1970 / 86_400)])
    func snapshotsKeepTheirShapeAndTheInvariants(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var bench = Bench(seed: seed) {
            $0.maximumThirdParties = seed % 4 == 2 ? 1 : 3
            $0.otherARN = "arn:aws:connect:us-east-1:111122223333:instance/other"
            ($0.ringsInIncoming, $0.liveChatsBindState) = (seed % 3 == 0, seed % 5 == 0)
            $0.concurrency["VOICE"] = seed % 2 == 0 ? 2 : 1
        }
        var applied = 0
        var refused = 0
        var lastVersion = bench.instance.version
        for step in 0..<10_000 {
            if Self.takeStep(&bench, &random) { applied += 1 } else { refused += 1 }
            _ = bench.instance.takeEffects()
            let broken = Invariants.violations(of: bench.instance)
            // Without a new version only the snapshot's timestamp differs.
            let isNew = bench.instance.version != lastVersion || step == 0
            let problem = isNew ? Shape.snapshot.problem(withAnswer: bench.instance.snapshot) : nil
            try #require(broken.isEmpty && problem == nil, "step \(step): \(broken) \(problem ?? "")")
            try #require(bench.instance.version >= lastVersion)
            lastVersion = bench.instance.version
        }
        // A run in which nearly all steps were rejected, or none, would test little.
        #expect(applied > 2000 && refused > 1000, "\(applied) applied, \(refused) refused")
    }

    @Test("the invariants and shapes detect broken instances")
    func checkersDetectBrokenInstances() throws {
        var bench = Bench()
        _ = try bench.connectedCall()
        #expect(Invariants.rules.count >= 30)
        var twoCalls = bench.instance
        twoCalls.contacts.append(twoCalls.contacts[0])
        #expect(Invariants.violations(of: twoCalls).contains("the agent talks in one call at a time"))
        #expect(Invariants.violations(of: twoCalls).contains("identifiers are unique"))
        var deadLine = bench.instance
        deadLine.contacts[0].setConnection(0, .disconnected, at: 0)
        #expect(!Invariants.violations(of: deadLine).isEmpty)
        var wrongState = bench.instance
        wrongState.agent.visible.state = wrongState.agent.chosen
        #expect(!Invariants.violations(of: wrongState).isEmpty)
        let strange = bench.instance.snapshot.merged(["colour": "red"])
        #expect(Shape.snapshot.problem(withAnswer: strange) == "member 'colour' is not part of the shape")
        let nameless = bench.instance.snapshot.merged(["state": ["type": "routable"]])
        #expect(Shape.snapshot.problem(with: nameless) == "member 'state.name' is required")
    }

    @Test(
        "the rules for supervisors, mute, pending contacts and calls detect their own broken example",
        arguments: BrokenInstance.all)
    fileprivate func rulesDetectBrokenInstances(example: BrokenInstance) throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        try bench.control("supervisor-listens", ["contact": .string(id)])
        #expect(Invariants.violations(of: bench.instance).isEmpty)
        #expect(Invariants.rules.contains { $0.name == example.rule })
        example.damage(&bench.instance)
        #expect(Invariants.violations(of: bench.instance).contains(example.rule))
    }

    /// - Returns: whether the step was possible.
    private static func takeStep(_ bench: inout Bench, _ random: inout SplitMix64) -> Bool {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: bench.wait(Double(Int.random(in: 0..<80, using: &random)) / 4)
        case 1...3:
            let (action, members) = controlStep(bench, &random)
            do { try bench.control(action, members) } catch { return false }
        default:
            let operation = operations.randomElement(using: &random) ?? "ClearContact"
            return bench.fault(operation, input(operation, bench, &random)) == nil
        }
        return true
    }

    private static let operations = Operation.all.keys.sorted()

    private static func anyContact(_ bench: Bench, _ random: inout SplitMix64) -> String {
        (bench.instance.contacts + bench.instance.waiting.prefix(1)).map(\.id).randomElement(using: &random) ?? "nobody"
    }

    private static func controlStep(_ bench: Bench, _ random: inout SplitMix64) -> (String, [String: JSON]) {
        let rarely = Int.random(in: 0..<200, using: &random) == 0
        if rarely {
            return [
                ("reset", [:]), ("clock-shift", ["seconds": 100]), ("clock-shift", ["seconds": -100]),
                ("token-expire", [:]), ("transport", ["lifetimeSeconds": 300]), ("failover", ["active": "this"]),
                ("failover", ["active": "other", "terminateActiveContacts": .bool(Bool.random(using: &random))]),
            ].randomElement(using: &random) ?? ("reset", [:])
        }
        if bench.instance.waiting.count < 4, Bool.random(using: &random) {
            let kind = Contact.Kind.allCases.randomElement(using: &random) ?? .voice
            var members: [String: JSON] = ["type": .string(kind.rawValue), "ringSeconds": 12]
            if kind == .voice {
                let more: [[String: JSON]] = [
                    ["monitor": true], ["subtype": "connect:WebRTC", "video": true], ["preview": true], [:],
                ]
                members.merge(more.randomElement(using: &random) ?? [:]) { $1 }
            }
            if Bool.random(using: &random) { members["pendingSeconds"] = .int(Int.random(in: 0..<4, using: &random)) }
            if Int.random(in: 0..<4, using: &random) == 0 { members["autoAccept"] = .bool(Bool.random(using: &random)) }
            return ("incoming", members)
        }
        let action = ControlStep.contactActions.randomElement(using: &random) ?? "error"
        var members: [String: JSON] = ["contact": .string(anyContact(bench, &random))]
        if action == "customer-says" { members["text"] = "hello" }
        return (action, members)
    }

    private static func input(_ operation: String, _ bench: Bench, _ random: inout SplitMix64) -> JSON {
        let contact = anyContact(bench, &random)
        let lines = bench.instance.contacts.first { $0.id == contact }?.connections ?? []
        let states = bench.instance.settings.states + [AgentState(arn: nil, kind: .system, name: "Busy")]
        let state = states.randomElement(using: &random) ?? states[0]
        let endpoints: [JSON] =
            bench.instance.settings.quickConnects.map(\.endpoint.json)
            + [
                ["type": "phone_number", "phoneNumber": "+12065550100"],
                ["type": "phone_number", "phoneNumber": "911"],
                ["type": "agent", "agentLogin": "robin"], ["type": "queue"],
            ]
        let names = ["web_socket", "chat_token", "softphone", "web_rtc", "agent_discovery", "pigeon"]
        return [
            "contactId": .string(contact),
            "connectionId": .string(lines.randomElement(using: &random)?.id ?? "none"),
            "participantId": .string(lines.first?.id ?? "none"),
            "endpoint": endpoints.randomElement(using: &random) ?? .null,
            "state": ["name": .string(state.name), "type": .string(state.kind.rawValue)],
            "enqueueNextState": .bool(Bool.random(using: &random)),
            "digits": "12#", "name": "A task", "refreshToken": "r",
            "queueARNs": .array(bench.instance.settings.queues.prefix(2).map { .string($0.arn) }),
            "routingProfileARN": .string(bench.instance.settings.routingProfileARN),
            "scheduledTime": Bool.random(using: &random)
                ? .int(Int(bench.now) + Int.random(in: 0..<30, using: &random)) : .null,
            "targetMonitorMode": Bool.random(using: &random) ? "BARGE" : "SILENT_MONITOR",
            "transportType": .string(names.randomElement(using: &random) ?? ""),
            "configuration": configuration(bench, &random), "logEvents": [], "report": [:],
            "softphoneStreamStatistics": [],
        ]
    }

    private static func configuration(_ bench: Bench, _ random: inout SplitMix64) -> JSON {
        bench.instance.configuration.merged([
            "softphoneEnabled": .bool(Int.random(in: 0..<4, using: &random) > 0), "extension": "+12065550199",
            "softphoneAutoAccept": .bool(Bool.random(using: &random)),
        ])
    }
}

/// Damage to an instance with a connected call that a supervisor listens to (connections: agent, customer, supervisor).
private struct BrokenInstance: Sendable, CustomTestStringConvertible {
    let rule: String
    let damage: @Sendable (inout SimulatedInstance) -> Void

    var testDescription: String { rule }

    static let all: [BrokenInstance] = [
        .init(rule: "a connection that is muted by force is muted") {
            $0.contacts[0].connections[0].isForcedMute = true
        },
        .init(rule: "a contact has at most one supervisor, and only a call has one") {
            var second = $0.contacts[0].connections[2]
            second.id = "second"
            $0.contacts[0].connections.append(second)
        },
        .init(rule: "a contact has at most one supervisor, and only a call has one") { $0.contacts[0].kind = .chat },
        .init(rule: "a connection has a monitor status if, and only if, it is of the type monitoring") {
            $0.contacts[0].connections[2].monitorStatus = nil
        },
        .init(rule: "a connection has a monitor status if, and only if, it is of the type monitoring") {
            $0.contacts[0].connections[1].monitorStatus = .barge
        },
        .init(rule: "another agent is only on a call that this agent monitors") {
            $0.contacts[0].connections[2].kind = .agent
        },
        .init(rule: "the agent has as many calls as its routing profile allows, and never a third") {
            $0.contacts += [$0.contacts[0], $0.contacts[0]]
        },
        .init(rule: "a pending contact has a time at which it rings") { $0.contacts[0].state = .pending },
        .init(rule: "only queue callbacks and previews are incoming; chats, tasks and e-mails by a setting") {
            $0.contacts[0].state = .incoming
        },
        .init(rule: "only established connections are muted") {
            $0.contacts[0].connections[1].isMuted = true
            $0.contacts[0].connections[1].state = .connecting
        },
    ]
}
