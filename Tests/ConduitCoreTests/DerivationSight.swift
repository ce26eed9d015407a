import AgentModel
import StreamsProtocol

@testable import ConduitCore

/// One look at the agent, in few words: what the tests of the derivation say instead of whole snapshots.
struct DerivationSight {
    /// A contact; without an id or a state where that is nil. `number` tells its forms apart.
    struct Guest {
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
    var guests: [Guest] = []

    /// Contacts as `"a=connected b=ended c="`; the last one has no state.
    init(_ contacts: String = "", state: JSON? = ["name": "Available", "type": "routable"], nextState: JSON? = nil) {
        self.state = state
        self.nextState = nextState
        guests = contacts.split(separator: " ").enumerated().map { place, text in
            let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            return Guest(id: parts[0], state: parts[1].isEmpty ? nil : parts[1], number: place)
        }
    }

    var agent: Agent {
        var snapshot = JSONObject([("contacts", .array(guests.map(\.json)))])
        snapshot["state"] = state
        snapshot["nextState"] = nextState
        let configuration = AgentConfiguration(json: JSONObject([("name", "Robin"), ("username", "robin")]))
        return Agent(snapshot: AgentSnapshot(json: snapshot), configuration: configuration)
    }
}

extension Derivation {
    /// The contact events that this look gives, as `"connected a"`.
    mutating func contacts(_ contacts: String) -> [String] {
        let events = update(to: DerivationSight(contacts).agent)
        return events.compactMap { event in event.contactId.map { "\(event.name.dropFirst(9)) \($0)" } }
    }

    /// The same derivation after its agent and its memory have been written and read.
    func restored() throws -> Derivation {
        guard let agent else { return Derivation() }
        return Derivation(agent: agent, memory: try JSON(parsing: memory.encoded))
    }
}
