import AgentModel
import StreamsProtocol

extension DaemonEvent {
    /// What the daemon derives from two snapshots, once for everybody, for subscribers; and what pages say of contacts.
    static let derived: [DaemonEvent] = DerivedName.allCases.map { DaemonEvent($0) } + [view]

    private init(_ name: DerivedName) {
        self.init(
            name.rawValue, to: .subscribers, for: name.isOfAgent ? .presence : .observer, name.summary,
            data: .required(name.data))
    }

    private static let view = DaemonEvent(
        EventName.contactView, to: .subscribers,
        "A page shows a contact: a client's broadcast {contactId}, with the contact.",
        data: .required(
            .object([
                .optional("contactId", .anything), .required("contact", .nullable(AgentShape.contact)),
            ])))
}

extension DerivedName {
    fileprivate var isOfAgent: Bool { rawValue.hasPrefix("agent::") }

    fileprivate var data: Shape {
        let agent = Member.required("agent", AgentShape.brief)
        if self == .agentStateChange {
            return .object([.required("oldState", .text), .required("newState", .text), agent])
        }
        return .object(
            isOfAgent ? [agent] : [.required("contactId", .text), .required("contact", AgentShape.contact)])
    }

    fileprivate var summary: String {
        switch self {
        case .agentInit: "The agent is known for the first time."
        case .agentRefresh: "With every snapshot and round of the configuration."
        case .agentRoutable: "Contacts are routed to the agent."
        case .agentNotRoutable: "The agent is signed in, but nothing is routed."
        case .agentOffline: "The agent does not work."
        case .agentStateChange: "The state has another name."
        case .agentError: "The service put the agent into one of its error states."
        case .agentACW: "The agent does after-contact work."
        case .agentEnqueuedNextState: "A state waits for the contacts to end."
        case .agentClearedNextState: "No state waits any longer."
        case .contactInit: "There is a contact; once a stay."
        case .contactRefresh: "With every snapshot, for each contact that is there."
        case .contactIncoming: "A queue callback rings."
        case .contactPending: "The contact is pending."
        case .contactConnecting: "The contact rings, or is being dialled."
        case .contactAccepted: "An acceptContact succeeded, whoever asked for it; once a stay."
        case .contactConnected: "The agent is in the contact."
        case .contactMissed: "The contact was offered and not taken."
        case .contactACW: "The contact is over: after-contact work."
        case .contactEnded: "The contact wants the agent no longer; once a stay, before contact::destroyed."
        case .contactError: "The contact failed."
        case .contactDestroyed: "The contact is gone; with its last known form, once a stay."
        }
    }
}
