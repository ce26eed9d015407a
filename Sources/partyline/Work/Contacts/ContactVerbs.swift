// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// The verbs whose operation takes the contact only.
extension ContactCommand {
    struct AcceptCommand: PlainContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "accept", abstract: "Accept the contact that rings.")
        static let (action, method) = (ContactAction.accept, "acceptContact")
        @OptionGroup var target: ContactTarget
    }

    struct RejectCommand: PlainContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "reject", abstract: "Reject the contact that rings.")
        static let (action, method) = (ContactAction.reject, "rejectContact")
        @OptionGroup var target: ContactTarget
    }

    struct PauseCommand: PlainContactVerb {
        static let configuration = CommandConfiguration(commandName: "pause", abstract: "Pause a task.")
        static let (action, method) = (ContactAction.pause, "pauseContact")
        @OptionGroup var target: ContactTarget
    }

    struct ConferenceCommand: PlainContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "conference", abstract: "Join all parties of a call, and take them off hold.")
        static let (action, method) = (ContactAction.conference, "conferenceConnections")
        @OptionGroup var target: ContactTarget
    }

    struct CompleteCommand: PlainContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "complete", abstract: "Complete a task, without after-contact work.")
        static let (action, method) = (ContactAction.complete, "completeContact")
        @OptionGroup var target: ContactTarget
    }

    struct ClearCommand: PlainContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "clear", abstract: "Clear a contact that is over: ends the after-contact work.")
        static let (action, method) = (ContactAction.clear, "clearContact")
        @OptionGroup var target: ContactTarget
    }

    struct ToggleCommand: ContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "toggle", abstract: "Swap the party on hold and the one that is connected.")
        static let action = ContactAction.toggle
        @OptionGroup var target: ContactTarget

        func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) throws -> ServiceStep {
            ServiceStep("toggleActiveConnections", on: contact, leg: contact.connectionToToggle)
        }
    }

    struct MonitorCommand: ContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "monitor", abstract: "Go back to listening, after barge: unheard by agent and customer.")
        static let action = ContactAction.monitor
        @OptionGroup var target: ContactTarget

        func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) -> ServiceStep {
            ServiceStep(monitoring: .silentMonitor, contact)
        }
    }

    struct BargeCommand: ContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "barge", abstract: "Take part in a contact that you listen to.")
        static let action = ContactAction.barge
        @OptionGroup var target: ContactTarget

        func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) -> ServiceStep {
            ServiceStep(monitoring: .barge, contact)
        }
    }

    struct NoteCommand: ContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "note", abstract: "Report a problem with a contact to Amazon Connect (notifyContactIssue).")
        static let action = ContactAction.note
        @Argument(help: "The code of the problem, as your administrators have agreed on it.") var code: String
        @Argument(help: "What happened.") var text: String
        @OptionGroup var target: ContactTarget

        var arguments: [String] { [code, text] }

        func validate() throws {
            if code.isEmpty || text.isEmpty { throw ValidationError("note needs a code and a text") }
        }

        func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) -> ServiceStep {
            ServiceStep(
                "notifyContactIssue", on: contact, [("issueCode", .string(code)), ("description", .string(text))])
        }

        func deed(_ contact: ContactData) -> String? { "noted for \(ContactNarrator.name(contact)): \(code)" }
    }
}

extension ServiceStep {
    fileprivate init(monitoring mode: MonitoringMode, _ contact: ContactData) {
        self.init(
            "updateMonitorParticipantState", on: contact, [("targetMonitorMode", .string(mode.rawValue))])
    }
}
