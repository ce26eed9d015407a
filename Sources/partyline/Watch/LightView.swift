import AgentModel
import ConnectStreams

/// The colour of a presence light.
enum LightColour: String, CaseIterable {
    /// Contacts are routed to the agent.
    case green
    /// The agent is in a contact.
    case red
    /// A contact rings.
    case blink
    /// Signed in, and nothing is routed: a break, after-contact work, an error state.
    case yellow
    /// Not working.
    case off
    /// No agent is known, or the daemon is away.
    case unknown

    /// The colour for an agent: what rings counts first, then what is going on, then the state.
    init(_ agent: Agent?) {
        guard let agent, let state = agent.snapshot.state else {
            self = .unknown
            return
        }
        let contacts = agent.snapshot.contacts
        let name = state.name ?? ""
        if contacts.contains(where: Self.rings) || name == "PendingBusy" {
            self = .blink
        } else if contacts.contains(where: Self.isOn) || Self.busy.contains(name) {
            self = .red
        } else {
            self = Self.colour(of: state.type)
        }
    }

    /// States that the service sets while there is a contact: the role presence sees these, and no contacts.
    private static let busy: Set<String> = ["Busy", "CallingCustomer", "Dialing", "Joining"]

    private static func rings(_ contact: Contact) -> Bool {
        contact.stateType == .incoming || (contact.stateType == .connecting && !isDialled(contact))
    }

    private static func isOn(_ contact: Contact) -> Bool {
        contact.stateType == .connected || contact.stateType == .pending
            || (contact.stateType == .connecting && isDialled(contact))
    }

    private static func isDialled(_ contact: Contact) -> Bool { contact.initialConnection?.type == .outbound }

    private static func colour(of type: AgentStateType?) -> LightColour {
        switch type {
        case .routable?: .green
        case .offline?: .off
        case .initial?: .unknown
        default: .yellow
        }
    }
}

/// A word for each change of colour, the first at once.
struct LightView: UpdateView {
    /// Only the agent as a whole, and its state: the newest of each is enough, and what was is of no interest.
    static let subscription = Subscription(["agent::*"], mode: .latest, resumes: false)

    private var picture = AgentPicture()
    private var shown: LightColour?

    mutating func lines(_ update: EventStream.Update) -> [String] {
        switch update {
        case .subscribed(let answer): begin(with: answer.snapshot)
        case .lagged(let lag): begin(with: lag.snapshot)
        case .event(let event):
            guard event.from == nil, picture.take(event.name, event.data) else { return [] }
        case .gone: return show(.unknown)
        }
        return show(LightColour(picture.agent))
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
