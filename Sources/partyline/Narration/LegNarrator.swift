import AgentModel

/// What happened to one leg of a contact, where the contact's own state does not tell it already.
enum LegNarrator {
    static func words(_ leg: Connection, before: ConnectionStateType?, in contact: Contact) -> String? {
        let who = name(leg)
        switch (before, leg.stateType) {
        case (_, .hold?): return "has \(who) on hold"
        case (.hold?, .connected?): return "has \(who) back from hold"
        // Who ended a contact cannot be told from its legs: they all go at once. Who left a conference can.
        case (_?, .disconnected?) where contact.stateType != .connected: return nil
        case (_?, .disconnected?): return "goes on without \(who)"
        // The agent's own leg and the customer's begin with the contact.
        case _ where leg.type == .agent || leg.isInitial: return nil
        case (_, .connecting?): return "calls in \(who)"
        case (_, .connected?): return "is joined by \(who)"
        default: return nil
        }
    }

    private static func name(_ leg: Connection) -> String {
        if leg.type == .agent { return "the agent" }
        if leg.isInitial { return "the customer" }
        return leg.endpoint?.name ?? leg.endpoint?.phoneNumber ?? "another party"
    }
}
