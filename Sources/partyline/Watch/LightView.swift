// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// The colour of a presence light.
enum LightColour: String, CaseIterable {
    /// Contacts are routed to the agent.
    case green
    /// The agent is on a contact.
    case red
    /// A contact is ringing.
    case blink
    /// Signed in, but nothing is routed: a break, after-contact work, an error state.
    case yellow
    /// Not working.
    case off
    /// No agent is known, what is known is out of date, or the daemon is not running.
    case unknown

    /// The colour for an agent: a ringing contact comes first, then an active one, then the agent's state.
    init(_ agent: AgentData?) {
        guard let agent, let state = agent.snapshot.state else {
            self = .unknown
            return
        }
        let contacts = agent.snapshot.contacts
        let name = state.name ?? ""
        if contacts.contains(where: Self.rings) || name == "PendingBusy" {
            self = .blink
        } else if contacts.contains(where: Self.isActive) || Self.busy.contains(name) {
            self = .red
        } else {
            self = Self.colour(of: state.type)
        }
    }

    /// States that the service sets during a contact. The role presence sees the state but no contacts.
    private static let busy: Set<String> = ["Busy", "CallingCustomer", "Dialing", "Joining"]

    private static func rings(_ contact: ContactData) -> Bool {
        contact.stateType == .incoming || (contact.stateType == .connecting && !isDialled(contact))
    }

    private static func isActive(_ contact: ContactData) -> Bool {
        contact.stateType == .connected || contact.stateType == .pending
            || (contact.stateType == .connecting && isDialled(contact))
    }

    private static func isDialled(_ contact: ContactData) -> Bool { contact.initialConnection?.type == .outbound }

    private static func colour(of type: AgentStateType?) -> LightColour {
        switch type {
        case .routable?: .green
        case .offline?: .off
        case .initial?: .unknown
        default: .yellow
        }
    }
}

/// Prints a word for each change of colour, and the first colour at once.
struct LightView: UpdateView {
    /// The agent, and whether what is known is out of date. Only the newest event of each name matters, and nothing is
    /// resumed. The role presence sees all of it.
    static let subscription = Subscription(["agent::*", EventName.link], mode: .latest, resumes: false)

    private var picture = AgentPicture()
    /// True while the service has not confirmed the agent for too long: an old colour must not pass for the present one.
    private var isStale = false
    private var shown: LightColour?

    mutating func lines(_ update: EventStream.Update) -> [String] {
        switch update {
        case .subscribed(let answer):
            isStale = answer.isStale
            begin(with: answer.snapshot)
        case .lagged(let lag): begin(with: lag.snapshot)
        case .event(let event) where event.name == EventName.link:
            isStale = event.data?["stale"]?.bool ?? false
        case .event(let event):
            guard event.from == nil, picture.apply(event.name, event.data) else { return [] }
        case .gone: return show(.unknown)
        }
        return show(isStale ? .unknown : LightColour(picture.agent))
    }

    private mutating func begin(with snapshot: JSON?) {
        picture = AgentPicture()
        picture.begin(with: snapshot)
    }

    private mutating func show(_ colour: LightColour) -> [String] {
        guard colour != shown else { return [] }
        shown = colour
        return [colour.rawValue]
    }
}
