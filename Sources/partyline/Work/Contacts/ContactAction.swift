// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// What an agent can do with a contact: the verbs of `partyline contact`.
enum ContactAction: String, CaseIterable {
    case accept, reject
    case hangUp = "hang-up"
    case hold, resume, pause, mute, unmute, dtmf, transfer, add, conference, toggle, monitor, barge, complete, clear
    // These fit every contact, so they are never listed as possible.
    case show, note, view

    /// The actions that the contact's state suggests. What is allowed is up to the service.
    static func possible(_ contact: ContactData) -> [ContactAction] {
        allCases.filter { ![.show, .note, .view].contains($0) && $0.fits(contact) }
    }

    func fits(_ contact: ContactData) -> Bool {
        switch self {
        // A preview is accepted in the agent's page, by its SDK.
        case .accept: contact.isOffered && !contact.isCampaignPreview
        case .reject: contact.isOffered || contact.stateType == .pending
        case .hangUp: !contact.isOffered && contact.isActive && contact.agentConnection?.isActive == true
        case .hold, .dtmf: contact.isControlled && LegChoice.usual(for: self, of: contact) != nil
        case .resume: contact.stateType == .paused || contact.isControlled && contact.isHolding
        case .pause: contact.type == .task && contact.isConnected
        case .mute: contact.isSpeaking && contact.agentConnection?.isMute != true
        case .unmute:
            contact.isSpeaking && contact.agentConnection?.isMute != false
                && contact.agentConnection?.isForcedMute != true
        case .transfer: contact.isConnected && !contact.isVoice
        case .add: contact.isControlled && (contact.isVoice || contact.type == .chat)
        case .conference, .toggle: contact.isConsulting && contact.partners.contains(where: \.isOnHold)
        case .monitor: contact.isWatched && contact.agentConnection?.isBarge == true
        case .barge: contact.isWatched && contact.agentConnection?.isSilentMonitor == true
        case .complete: contact.type == .task && (contact.isConnected || contact.stateType == .paused)
        case .clear: contact.isOver
        case .show, .note, .view: true
        }
    }

    /// What is missing if it fits no contact.
    var absence: String {
        switch self {
        case .accept, .reject: "no contact rings"
        case .hangUp: "no contact is active"
        case .hold: "no call can be put on hold"
        case .resume: "nothing is on hold or paused"
        case .pause: "no task is connected"
        case .mute: "no call is connected that is not muted"
        case .unmute: "no call is muted by the agent"
        case .dtmf: "no call has a party who is connected and not on hold"
        case .transfer: "no chat, task or e-mail is connected"
        case .add: "no call or chat is connected"
        case .conference, .toggle: "no call has a third party who has answered, and a party on hold"
        case .monitor: "the agent does not take part in another agent's contact"
        case .barge: "the agent does not listen to another agent's contact"
        case .complete: "no task is connected"
        case .clear: "no contact is over"
        case .show, .note, .view: "the agent has no contact"
        }
    }

    /// The arguments before the contact's id, as they are shown in a suggested command.
    var arguments: String {
        switch self {
        case .dtmf: " DIGITS"
        case .transfer, .add: " QUICK-CONNECT"
        case .note: " CODE TEXT"
        default: ""
        }
    }

    /// - Parameter typed: the arguments before the id as they were typed; empty for their names.
    func command(_ id: String, _ typed: [String] = []) -> String {
        let arguments = typed.isEmpty ? arguments : typed.map { " \(CommandName.quoted($0))" }.joined()
        return "partyline contact \(rawValue)\(arguments) \(CommandName.quoted(id))"
    }
}

extension ContactData {
    fileprivate var isActive: Bool { stateType?.isActive ?? false }

    /// The agent may hold, add and disconnect parties: no supervisor has barged in, and the agent does not only listen.
    fileprivate var isControlled: Bool {
        guard isConnected, let own = agentConnection else { return false }
        return own.type == .monitoring ? own.isBarge : !isUnderSupervision
    }

    fileprivate var isSpeaking: Bool {
        isConnected && isVoice && agentConnection?.isActive == true && agentConnection?.isSilentMonitor != true
    }

    /// The agent is the supervisor of this contact.
    fileprivate var isWatched: Bool { isConnected && agentConnection?.type == .monitoring }

    /// The participants beside the agent who are there: the customer and third parties.
    var partners: [ConnectionData] { connections.filter { $0.isActive && !$0.isAgentSide } }

    fileprivate var isHolding: Bool { isVoice && connections.contains(where: \.isOnHold) }

    fileprivate var isConsulting: Bool { isControlled && isVoice && partners.filter { !$0.isConnecting }.count > 1 }
}
