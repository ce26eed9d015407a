// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline contact …`: the contacts, and what an agent can do with them.
struct ContactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contact", abstract: "List the contacts, and accept, hold, transfer, end… them.",
        discussion: """
            partyline contact                     what there is, and what is possible now
            partyline contact accept              the one that rings
            partyline contact add "Back office"   a quick connect; the others are on hold then
            partyline contact hang-up 1234        a contact by the first letters of its id

            A verb ends when a snapshot shows its effect, and prints what is so then.
            """,
        subcommands: [
            ListCommand.self, ShowCommand.self, AcceptCommand.self, RejectCommand.self, HangUpCommand.self,
            HoldCommand.self, ResumeCommand.self, PauseCommand.self, MuteCommand.self, UnmuteCommand.self,
            DigitsCommand.self, TransferCommand.self, AddCommand.self, ConferenceCommand.self, ToggleCommand.self,
            MonitorCommand.self, BargeCommand.self, CompleteCommand.self, ClearCommand.self, NoteCommand.self,
            ViewCommand.self,
        ], defaultSubcommand: ListCommand.self)

    struct ListCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the contacts, and what is possible with each.")

        @OptionGroup var format: FormatOptions
        @OptionGroup var options: SocketOptions

        func run() throws {
            let desk = try options.withConnection { try Desk.read($0) }
            if format.isJSON {
                let list = JSON.array(desk.contacts.map { ContactText.json($0, desk) })
                return Console.out(list.text.escapingDisplayControls)
            }
            guard !desk.contacts.isEmpty else { return Console.out("no contacts") }
            let rows = desk.contacts.map { ContactText.row($0, desk) }
            Table.lines(ContactText.header, rows, .standardOutput).forEach { Console.out($0) }
        }
    }

    struct ShowCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Print a contact with its legs and attributes.")

        @OptionGroup var contact: ContactArgument
        @OptionGroup var format: FormatOptions
        @OptionGroup var options: SocketOptions

        func run() throws {
            let desk = try options.withConnection { try Desk.read($0) }
            let contact = try ContactChoice(contacts: desk.contacts).contact(self.contact.id, for: .show)
            if format.isJSON { return Console.out(JSON.object(contact.json).text.escapingDisplayControls) }
            ContactText.details(contact, desk, .standardOutput).forEach { Console.out($0) }
        }
    }

    struct ViewCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "view", abstract: "Tell every program to show a contact (contact::view).")

        @OptionGroup var contact: ContactArgument
        @OptionGroup var format: FormatOptions
        @OptionGroup var options: SocketOptions

        func run() throws {
            try options.withConnection { connection in
                let contact = try ContactChoice(contacts: Desk(connection).contacts).contact(
                    self.contact.id, for: .view)
                let message = BroadcastCommand.message(
                    EventName.contactView, ["contactId": .string(contact.contactId ?? "")])
                try BroadcastCommand.send(message, connection)
                if format.isJSON { return Console.out(message.text) }
                Console.out(Text.printable("programs are told to show \(ContactNarrator.name(contact))"))
            }
        }
    }
}
