// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension DaemonEvent {
    /// Events for subscribers: those derived from two snapshots, and `contact::view`.
    static let derived: [DaemonEvent] = DerivedName.allCases.map { DaemonEvent($0) } + [view]

    private init(_ name: DerivedName) {
        self.init(
            name.rawValue, to: .subscribers, for: name.isOfAgent ? .presence : .observer, name.summary,
            data: .required(name.data), example: name.example)
    }

    private static let view = DaemonEvent(
        EventName.contactView, to: .subscribers,
        "A page shows a contact: a client's broadcast {contactId}, with the contact added.",
        data: .required(
            .object([
                .optional("contactId", .anything), .required("contact", .nullable(AgentShape.contact)),
            ])),
        example: [
            "data": ["contactId": .null, "contact": .null], "clock": "3bqbymhbjxaim:61",
            "time": "2026-11-30T10:56:30.120Z", "from": "1795257916077-j6pnwaojq0",
        ])
}

extension DerivedName {
    fileprivate var isOfAgent: Bool { rawValue.hasPrefix("agent::") }

    fileprivate var data: Shape {
        let agent = Member.required("agent", AgentShape.brief)
        if self == .agentStateChange {
            return .object([.required("oldState", .text), .required("newState", .text), agent])
        }
        return .object(
            isOfAgent
                ? [agent]
                : [
                    .required("contactId", .text), .required("contact", AgentShape.contact),
                    .optional("skew", .integer, AgentShape.skewMeaning),
                ])
    }

    /// One of the agent, one that a call has caused, one that was there already.
    fileprivate var example: JSON? {
        switch self {
        case .agentStateChange:
            [
                "data": [
                    "oldState": "Offline", "newState": "Available",
                    "agent": [
                        "name": "Robin Example", "nextState": .null, "skew": -12,
                        "state": [
                            "name": "Available", "type": "routable", "startTimestamp": "2026-11-30T10:56:24.596Z",
                        ],
                    ],
                ], "clock": "3bqbymhbjxaim:23", "time": "2026-11-30T10:56:24.608Z",
            ]
        case .contactConnected:
            [
                "data": Self.contact("connected"),
                "by": ["port": "1795257916077-j6pnwaojq0", "program": "crm"], "clock": "3bqbymhbjxaim:58",
                "time": "2026-11-30T10:56:29.401Z",
            ]
        case .contactInit: ["data": Self.contact("connecting"), "existing": true]
        default: nil
        }
    }

    private static func contact(_ state: String) -> JSON {
        let since: JSON = ["type": .string(state), "timestamp": "2026-11-30T10:56:29.388Z"]
        return ["contactId": "1234", "contact": ["contactId": "1234", "type": "voice", "state": since], "skew": -12]
    }

    fileprivate var summary: String {
        switch self {
        case .agentInit: "The agent is known for the first time."
        case .agentRefresh: "Sent with every new snapshot or configuration."
        case .agentRoutable: "Contacts are routed to the agent."
        case .agentNotRoutable: "The agent is signed in, but no contacts are routed to the agent."
        case .agentOffline: "The agent is offline."
        case .agentStateChange: "The name of the agent's state has changed."
        case .agentError: "The service put the agent into one of its error states."
        case .agentACW: "The agent is in after-contact work."
        case .agentEnqueuedNextState: "A next state is set, to take effect when the contacts have ended."
        case .agentClearedNextState: "No next state is set any more."
        case .contactInit: "There is a new contact; once per stay, which lasts until contact::destroyed."
        case .contactRefresh: "Sent with every new snapshot or configuration, for each contact."
        case .contactIncoming: "A queue callback rings."
        case .contactPending: "The contact is pending."
        case .contactConnecting: "The contact rings, or is being dialled."
        case .contactAccepted: "An acceptContact of any client succeeded; once per stay."
        case .contactConnected: "The agent is connected to the contact."
        case .contactMissed: "The contact was offered and not accepted."
        case .contactACW: "The contact has ended: after-contact work."
        case .contactEnded: "The contact is no longer active; once per stay, before contact::destroyed."
        case .contactError: "The contact failed."
        case .contactDestroyed: "The contact has gone; data is its last known state. Once per stay."
        }
    }
}
