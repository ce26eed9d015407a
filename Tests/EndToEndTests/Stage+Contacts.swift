import AgentModel
import ConnectStreams
import Testing

/// What happens at the service, by the simulator's own hand: no client asks for it.
extension Stage {
    private static let states = [
        "Available": "routable", "Lunch": "not_routable", "Training": "not_routable", "Offline": "offline",
    ]

    func setState(_ name: String) throws {
        let state: JSON = ["name": .string(name), "type": .string(try #require(Self.states[name]))]
        try control("/agent", ["operation": "PutAgentState", "input": ["state": state]])
    }

    /// A chat that waits to be accepted, longer than any test takes.
    func offerChat(_ id: String) throws {
        try control("/contacts", ["type": "chat", "contactId": .string(id), "ringSeconds": 3600])
    }

    func accept(_ id: String) throws { try control("/agent", ["operation": "AcceptContact", "contact": .string(id)]) }

    func hangUp(_ id: String) throws { try control("/contacts/\(id)/customer-hangs-up") }

    func clear(_ id: String) throws { try control("/agent", ["operation": "ClearContact", "contact": .string(id)]) }

    /// A chat from beginning to end, four transitions; each is waited for, so that no two are one.
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

    /// An agent who takes chats, and a witness who was there from the beginning.
    func readyWitness(_ patterns: [String] = Subscriber.agentAndContacts) throws -> Subscriber {
        let witness = try Subscriber(socket, patterns)
        try setState("Available")
        try witness.wait(for: "agent::state_change") { $0.data?["newState"] == "Available" }
        return witness
    }

    /// How it really is, in the words of `Picture.essence`.
    func truth() throws -> String {
        let snapshot = try state("/state")["snapshot"]
        var contacts: [String: String] = [:]
        for contact in snapshot?["contacts"]?.array ?? [] {
            contacts[try #require(contact["contactId"]?.string)] = contact["state"]?["type"]?.string
        }
        return Picture.essence(snapshot?["state"]?["name"]?.string, contacts)
    }
}

/// A customer, an agent and an impatient mind: one step after another, each a change at the service.
struct Turmoil {
    private var generator: Seeded
    private var chats: [(id: String, step: Int)] = []
    private var count = 0

    init(_ seed: UInt64) { generator = Seeded(seed) }

    /// Changes something.
    mutating func step(_ stage: Stage) throws {
        // Three at a time, and some of those that there are go on while a new one comes.
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
