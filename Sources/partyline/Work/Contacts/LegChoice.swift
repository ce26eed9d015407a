// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// Chooses the leg of a contact that an action is about. Pure.
enum LegChoice {
    static let help = "customer, third-party, agent, or the beginning of a connection's id"

    /// The leg that is meant if none is named; nil if there is none that fits.
    static func usual(for action: ContactAction, of contact: ContactData) -> ConnectionData? {
        // Every channel has the agent's leg; the other actions are for calls.
        if action == .hangUp { return contact.agentConnection }
        guard contact.isVoice else { return nil }
        switch action {
        case .hold, .dtmf: return contact.partners.first(where: \.isConnected)
        case .resume:
            let own = contact.agentConnection.map { [$0] } ?? []
            return (contact.partners + own).first(where: \.isOnHold)
        default: return contact.agentConnection
        }
    }

    static func leg(
        _ name: String?, for action: ContactAction, of contact: ContactData
    ) throws(CommandFailure) -> ConnectionData {
        guard let name else {
            if let leg = usual(for: action, of: contact) { return leg }
            throw failure("\(ContactNarrator.name(contact)) has no leg to \(action.rawValue)", action, contact)
        }
        let fits = legs(name, of: contact)
        if fits.count == 1, let leg = fits.first { return leg }
        let quoted = "\"\(Text.cut(name, 60))\""
        throw fits.isEmpty
            ? failure("\(ContactNarrator.name(contact)) has no leg \(quoted)", action, contact)
            : failure("\(fits.count) legs of \(ContactNarrator.name(contact)) are \(quoted)", action, contact, fits)
    }

    private static func fits(_ action: ContactAction, _ leg: ConnectionData) -> Bool {
        switch action {
        case .hold, .dtmf: leg.isConnected
        case .resume: leg.isOnHold
        default: true
        }
    }

    private static func legs(_ name: String, of contact: ContactData) -> [ConnectionData] {
        switch name {
        case "customer": return contact.initialConnection.map { [$0] } ?? []
        case "third-party": return contact.partners.filter { !$0.isInitial }
        case "agent": return contact.agentConnection.map { [$0] } ?? []
        default: return IdPrefix.matches(name, among: contact.connections, id: \.connectionId)
        }
    }

    /// - Parameter meant: the legs to choose from; by default those that the action may fit.
    private static func failure(
        _ message: String, _ action: ContactAction, _ contact: ContactData, _ meant: [ConnectionData]? = nil
    ) -> CommandFailure {
        let id = CommandName.quoted(contact.contactId ?? "")
        let legs = (meant ?? contact.connections).filter { $0.isActive && fits(action, $0) }.map { leg in
            let name = CommandName.quoted(leg.connectionId ?? "")
            return "partyline contact \(action.rawValue)\(action.arguments) \(id) --connection \(name)   "
                + "\(ContactText.name(leg, in: contact)), \(ContactText.state(leg))"
        }
        return CommandFailure(
            status: .conflict, message: message,
            next: legs.isEmpty ? ["partyline contact show \(id)   shows its legs"] : legs)
    }
}
