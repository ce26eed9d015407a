// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// The leg of a verb.
struct LegOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The leg: \(LegChoice.help).", valueName: "leg"),
        completion: .list(["customer", "third-party", "agent"]))
    var connection: String?
}

/// The verbs about one leg of a contact.
extension ContactCommand {
    struct HangUpCommand: ContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "hang-up", abstract: "Leave a contact, or disconnect one of its other legs.")
        static let action = ContactAction.hangUp
        @OptionGroup var leg: LegOptions
        @OptionGroup var target: ContactTarget

        func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) throws -> ServiceStep {
            // The agent's leg exists in every channel.
            if leg.connection == nil, let own = contact.agentConnection {
                return ServiceStep("destroyConnection", on: contact, leg: own)
            }
            return ServiceStep(
                "destroyConnection", on: contact,
                leg: try LegChoice.leg(leg.connection, for: Self.action, of: contact))
        }
    }

    struct HoldCommand: ContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "hold", abstract: "Put a party of a call on hold (default: the customer).")
        static let action = ContactAction.hold
        @OptionGroup var leg: LegOptions
        @OptionGroup var target: ContactTarget

        func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) throws -> ServiceStep {
            ServiceStep(
                "holdConnection", on: contact, leg: try LegChoice.leg(leg.connection, for: Self.action, of: contact))
        }
    }

    struct ResumeCommand: ContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "resume", abstract: "Take a party back from hold, or continue a task.")
        static let action = ContactAction.resume
        @OptionGroup var leg: LegOptions
        @OptionGroup var target: ContactTarget

        func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) throws -> ServiceStep {
            if !contact.isVoice { return ServiceStep("resumeContact", on: contact) }
            return ServiceStep(
                "resumeConnection", on: contact, leg: try LegChoice.leg(leg.connection, for: Self.action, of: contact)
            )
        }
    }

    struct MuteCommand: ContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "mute", abstract: "Mute a leg of a call at Amazon Connect (default: the agent's).")
        static let action = ContactAction.mute
        @OptionGroup var leg: LegOptions
        @OptionGroup var target: ContactTarget

        func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) throws -> ServiceStep {
            ServiceStep(
                "muteParticipant", on: contact, leg: try LegChoice.leg(leg.connection, for: Self.action, of: contact))
        }
    }

    struct UnmuteCommand: ContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "unmute", abstract: "End the muting of a leg (default: the agent's).")
        static let action = ContactAction.unmute
        @OptionGroup var leg: LegOptions
        @OptionGroup var target: ContactTarget

        func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) throws -> ServiceStep {
            ServiceStep(
                "unmuteParticipant", on: contact, leg: try LegChoice.leg(leg.connection, for: Self.action, of: contact)
            )
        }
    }

    struct DigitsCommand: ContactVerb {
        static let configuration = CommandConfiguration(
            commandName: "dtmf", abstract: "Send tones to a party of a call (default: the one that is connected).")
        static let action = ContactAction.dtmf
        @Argument(help: "0 to 9, *, #, A to D; a comma is a pause.") var digits: String
        @OptionGroup var leg: LegOptions
        @OptionGroup var target: ContactTarget

        func validate() throws {
            guard (1...50).contains(digits.count), digits.allSatisfy({ "0123456789*#,ABCDabcd".contains($0) }) else {
                throw ValidationError("dtmf takes 1 to 50 of 0-9, *, #, A-D and the comma: 1234#")
            }
        }

        func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) throws -> ServiceStep {
            ServiceStep(
                "sendDigits", on: contact, leg: try LegChoice.leg(leg.connection, for: Self.action, of: contact),
                ("digits", .string(digits)))
        }

        func deed(_ contact: ContactData) -> String? { "sent \(digits) to \(ContactNarrator.name(contact))" }
    }
}
