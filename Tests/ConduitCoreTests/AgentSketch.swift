// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

@testable import ConduitCore

/// A short notation for agents in tests.
struct AgentSketch {
    /// A contact. A nil id or state is left out. `number` distinguishes versions of one contact.
    struct ContactData {
        var id: String?
        var state: String?
        var number = 0

        var json: JSON {
            var object = JSONObject([("number", .int(number))])
            object["contactId"] = id.map(JSON.string)
            object["state"] = state.map { ["type": .string($0)] }
            return .object(object)
        }
    }

    var state: JSON? = ["name": "Available", "type": "routable"]
    var nextState: JSON?
    var contacts: [ContactData] = []

    /// Contacts as `"a=connected b=ended c="`. The last of these has no state.
    init(_ contacts: String = "", state: JSON? = ["name": "Available", "type": "routable"], nextState: JSON? = nil) {
        self.state = state
        self.nextState = nextState
        self.contacts = contacts.split(separator: " ").enumerated().map { place, text in
            let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            return ContactData(id: parts[0], state: parts[1].isEmpty ? nil : parts[1], number: place)
        }
    }

    var agent: AgentData {
        var snapshot = JSONObject([("contacts", .array(contacts.map(\.json)))])
        snapshot["state"] = state
        snapshot["nextState"] = nextState
        let configuration = AgentConfiguration(json: JSONObject([("name", "Robin"), ("username", "robin")]))
        return AgentData(snapshot: SnapshotData(json: snapshot), configuration: configuration)
    }
}

extension Derivation {
    /// Updates the agent and returns the contact events, as `"connected a"`.
    mutating func contacts(_ contacts: String) -> [String] {
        let events = update(to: AgentSketch(contacts).agent)
        return events.compactMap { event in event.contactId.map { "\(event.name.dropFirst(9)) \($0)" } }
    }

    /// The derivation after its agent and memory were encoded and decoded.
    func restored() throws -> Derivation {
        guard let agent else { return Derivation() }
        return Derivation(agent: agent, memory: try JSON(parsing: memory.encoded))
    }
}
