// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// The verbs that add a third party or hand a contact over.
extension ContactCommand {
    struct AddCommand: ContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Call in a third party; in a call, the others are on hold then.")
        static let action = ContactAction.add
        @Argument(
            help: ArgumentHelp("A quick connect's name, or a number with + and country code.", valueName: "name"),
            completion: Completions.quickConnects)
        var destination: String
        @OptionGroup var target: ContactTarget

        var arguments: [String] { [destination] }

        func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) throws -> ServiceStep {
            let endpoint = try QuickConnects.endpoint(destination, connection, command: "partyline contact add")
            // As Streams: a telephone is called with addConnection, other participants with addParticipant.
            let isTelephone = endpoint["type"] == "phone_number"
            return ServiceStep(
                isTelephone ? "createAdditionalConnection" : "addNewConnection", on: contact, [("endpoint", endpoint)])
        }
    }

    struct TransferCommand: ContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "transfer", abstract: "Hand a chat, task or e-mail over to another agent or queue.",
            discussion: "A call is handed over with add, and then hang-up.")
        static let action = ContactAction.transfer
        @Argument(
            help: ArgumentHelp("A quick connect's name.", valueName: "name"), completion: Completions.quickConnects)
        var destination: String
        @OptionGroup var target: ContactTarget

        var arguments: [String] { [destination] }

        func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) throws -> ServiceStep {
            if contact.isVoice { throw Self.isCall(contact, destination) }
            let endpoint = try QuickConnects.endpoint(destination, connection, command: "partyline contact transfer")
            return ServiceStep("transferContact", on: contact, [("endpoint", endpoint)])
        }

        static func isCall(_ contact: ContactData, _ destination: String) -> CommandFailure {
            let id = CommandName.quoted(contact.contactId ?? "")
            return CommandFailure(
                status: .conflict,
                message: "\(ContactNarrator.name(contact)) is a call: add the other party, and then hang up",
                next: ["partyline contact add \(CommandName.quoted(destination)) \(id)"])
        }
    }
}
