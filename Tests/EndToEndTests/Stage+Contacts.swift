// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Testing

/// Changes at the service, made with the simulator's control API and not by a client.
extension Stage {
    private static let states = [
        "Available": "routable", "Lunch": "not_routable", "Training": "not_routable", "Offline": "offline",
    ]

    func setState(_ name: String) throws {
        let state: JSON = ["name": .string(name), "type": .string(try #require(Self.states[name]))]
        try control("/agent", ["operation": "PutAgentState", "input": ["state": state]])
    }

    /// Offers a chat that rings longer than any test takes.
    func offerChat(_ id: String) throws {
        try control("/contacts", ["type": "chat", "contactId": .string(id), "ringSeconds": 3600])
    }

    func accept(_ id: String) throws { try control("/agent", ["operation": "AcceptContact", "contact": .string(id)]) }

    func hangUp(_ id: String) throws { try control("/contacts/\(id)/customer-hangs-up") }

    func clear(_ id: String) throws { try control("/agent", ["operation": "ClearContact", "contact": .string(id)]) }

    /// Plays a chat from beginning to end: four transitions. It waits for each, because two in one snapshot would be
    /// one.
    func playChat(_ id: String, seenBy witness: Subscriber) throws {
        try offerChat(id)
        try witness.wait(for: "contact::connecting", of: id)
        try accept(id)
        try witness.wait(for: "contact::connected", of: id)
        try hangUp(id)
        try witness.wait(for: "contact::ended", of: id)
        try clear(id)
        try witness.wait(for: "contact::destroyed", of: id)
    }

    /// Makes the agent available, and returns a subscriber that was there before.
    func readyWitness(_ patterns: [String] = Subscriber.agentAndContacts) throws -> Subscriber {
        let witness = try Subscriber(socket, patterns)
        try setState("Available")
        try witness.wait(for: "agent::state_change") { $0.data?["newState"] == "Available" }
        return witness
    }

    /// The state at the service, as text in the form of `Replica.summary`.
    func truth() throws -> String {
        let snapshot = try state("/state")["snapshot"]
        var contacts: [String: String] = [:]
        for contact in snapshot?["contacts"]?.array ?? [] {
            contacts[try #require(contact["contactId"]?.string)] = contact["state"]?["type"]?.string
        }
        return Replica.summary(snapshot?["state"]?["name"]?.string, contacts)
    }
}

/// Random chats: each step changes one thing at the service.
struct RandomContacts {
    private var generator: Seeded
    private var chats: [(id: String, step: Int)] = []
    private var count = 0

    init(_ seed: UInt64) { generator = Seeded(seed) }

    mutating func step(_ stage: Stage) throws {
        // At most three chats at a time. Some of them change while a new one comes.
        if chats.isEmpty || (chats.count < 3 && generator.below(2) == 0) {
            count += 1
            chats.append(("chat-\(count)", 0))
            return try stage.offerChat("chat-\(count)")
        }
        let place = generator.below(chats.count)
        let (id, step) = chats[place]
        switch step {
        case 0: try stage.accept(id)
        case 1: try stage.hangUp(id)
        default:
            try stage.clear(id)
            chats.remove(at: place)
            return
        }
        chats[place].step += 1
    }
}
