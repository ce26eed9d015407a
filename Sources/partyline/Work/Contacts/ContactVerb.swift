// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// The contact of a verb.
struct ContactArgument: ParsableArguments {
    @Argument(
        help: "The contact's id, or its first letters (default: the only one that fits).",
        completion: Completions.contacts)
    var id: String?
}

/// The contact of a verb that acts, and the verb's options.
struct ContactTarget: ParsableArguments {
    @OptionGroup var contact: ContactArgument
    @OptionGroup var action: ActionOptions
}

/// A verb that does something with a contact.
protocol ContactVerb: ParsableCommand {
    static var action: ContactAction { get }
    var target: ContactTarget { get }
    /// What was typed before the contact.
    var arguments: [String] { get }
    func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) throws -> ServiceStep
    /// What was done, if no snapshot shows it.
    func deed(_ contact: ContactData) -> String?
}

extension ContactVerb {
    var arguments: [String] { [] }

    func deed(_ contact: ContactData) -> String? { nil }

    func run() throws {
        try target.action.options.withConnection { connection in
            let desk = try Desk(connection)
            let choice = ContactChoice(contacts: desk.contacts, arguments: arguments)
            let contact = try choice.contact(target.contact.id, for: Self.action)
            let call = target.action.call(try step(contact, desk, connection))
            let answer: JSON
            do { answer = try call.answer(connection) } catch let failure as ProtocolFailure {
                throw ContactRefusal.failure(failure, contact, try? Desk(connection))
            }
            try target.action.print(answer) { try sentence(contact, connection) }
        }
    }

    private func sentence(_ contact: ContactData, _ connection: LineConnection) throws -> String {
        if let deed = deed(contact) { return deed }
        if target.action.isUnconfirmed {
            return "\(ContactNarrator.name(contact)): Amazon Connect has accepted \(Self.action.rawValue)"
        }
        let desk = try Desk(connection)
        guard let now = desk.contact(contact.contactId) else { return "\(ContactNarrator.name(contact)) is gone" }
        return ContactText.present(now, ContactChoice(contacts: desk.contacts).shortId(now))
    }
}

/// A verb without arguments of its own, and with an operation that takes the contact only.
protocol PlainContactVerb: ContactVerb {
    static var method: String { get }
}

extension PlainContactVerb {
    func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) throws -> ServiceStep {
        ServiceStep(Self.method, on: contact)
    }
}

/// A call on a contact that was refused, with what is possible instead. Pure.
enum ContactRefusal {
    /// - Parameter desk: the agent after the refusal.
    static func failure(_ failure: ProtocolFailure, _ contact: ContactData, _ desk: Desk?) -> CommandFailure {
        guard ["conflict", "invalid_params"].contains(failure.code), let desk else {
            return FailureText.outcome(failure)
        }
        guard let now = desk.contact(contact.contactId) else {
            return CommandFailure(
                status: .conflict, message: "\(ContactNarrator.name(contact)) is gone; \(failure.message)",
                next: ["partyline contact list"])
        }
        return CommandFailure(
            status: CommandStatus(code: failure.code), message: "\(ContactText.brief(now)): \(failure.message)",
            next: ContactChoice(contacts: [now]).possibilities)
    }
}
