// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// Chooses the contact that a verb is about. Pure.
///
/// A contact that is named is taken whatever its state is: the service decides what is possible. Without a name, the one
/// contact that fits the action is taken.
struct ContactChoice {
    let contacts: [ContactData]
    /// The arguments of the verb before the contact, as they were typed.
    var arguments: [String] = []

    /// - Parameter typed: the contact's id, or its first letters.
    func contact(_ typed: String?, for action: ContactAction) throws(CommandFailure) -> ContactData {
        guard let typed else { return try only(action) }
        let begun = IdPrefix.matches(typed, among: contacts, id: \.contactId)
        if begun.count == 1, let contact = begun.first { return contact }
        guard begun.isEmpty else {
            throw CommandFailure(
                status: .usage, message: "\(begun.count) contacts have an id that begins with \(Text.cut(typed, 60))",
                next: suggestions(action, begun))
        }
        throw CommandFailure(
            status: .failure, message: "there is no contact \(Text.cut(typed, 60))",
            next: contacts.isEmpty
                ? [Self.waiting] : suggestions(action, contacts.filter(action.fits)) + [Self.listing])
    }

    private func only(_ action: ContactAction) throws(CommandFailure) -> ContactData {
        var fitting = contacts.filter(action.fits)
        // The verb itself says how a call is handed over.
        if action == .transfer, fitting.isEmpty { fitting = contacts.filter { $0.isVoice && $0.isConnected } }
        if fitting.count == 1, let contact = fitting.first { return contact }
        guard fitting.isEmpty else {
            throw CommandFailure(
                status: .usage, message: "\(fitting.count) contacts fit; name one by the first letters of its id",
                next: suggestions(action, fitting))
        }
        if contacts.isEmpty {
            throw CommandFailure(
                status: .conflict,
                message: action.absence == Self.emptiness ? Self.emptiness : "\(action.absence): \(Self.emptiness)",
                next: [Self.waiting])
        }
        let there = contacts.map { ContactText.brief($0) }.joined(separator: "; ")
        throw CommandFailure(
            status: .conflict, message: "\(action.absence); there is: \(there)", next: possibilities)
    }

    private static let emptiness = ContactAction.show.absence
    private static let waiting = "partyline wait contact::init --or-now   waits for one"
    private static let listing = "partyline contact list"

    private func suggestions(_ action: ContactAction, _ contacts: [ContactData]) -> [String] {
        contacts.map { "\(action.command(shortId($0), arguments))   \(ContactText.brief($0))" }
    }

    /// A command for each thing that is possible now, for the contacts together at most eight.
    var possibilities: [String] {
        let all = contacts.flatMap { contact in ContactAction.possible(contact).map { (contact: contact, action: $0) } }
        guard !all.isEmpty else { return [Self.listing] }
        // Hanging up loses the customer: it is no remedy for what was refused.
        let ordered = all.filter { $0.action != .hangUp } + all.filter { $0.action == .hangUp }
        return ordered.prefix(8).map {
            "\($0.action.command(shortId($0.contact)))   \(ContactNarrator.name($0.contact))"
        }
    }

    /// The first letters of the id: eight, or as many as are needed to tell it from the others.
    func shortId(_ contact: ContactData) -> String {
        let id = contact.contactId ?? ""
        let others = contacts.compactMap(\.contactId).filter { $0 != id }
        var length = min(8, id.count)
        while length < id.count, others.contains(where: { $0.hasPrefix(id.prefix(length)) }) { length += 1 }
        return String(id.prefix(length))
    }
}
