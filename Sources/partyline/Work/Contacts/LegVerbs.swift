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

/// A verb about one leg of a contact.
protocol LegVerb: ContactVerb {
    static var method: String { get }
    var leg: LegOptions { get }
    /// The operation's members beside the ids.
    var more: [(String, JSON)] { get }
}

extension LegVerb {
    var more: [(String, JSON)] { [] }

    func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) throws -> ServiceStep {
        try legStep(contact)
    }

    func legStep(_ contact: ContactData) throws(CommandFailure) -> ServiceStep {
        let leg = try LegChoice.leg(leg.connection, for: Self.action, of: contact)
        return ServiceStep(Self.method, on: contact, leg: leg, more)
    }
}

extension ContactCommand {
    struct HangUpCommand: LegVerb {
        static let configuration = CommandConfiguration(
            commandName: "hang-up", abstract: "Leave a contact, or disconnect one of its other legs.")
        static let (action, method) = (ContactAction.hangUp, "destroyConnection")
        @OptionGroup var leg: LegOptions
        @OptionGroup var target: ContactTarget
    }

    struct HoldCommand: LegVerb {
        static let configuration = CommandConfiguration(
            commandName: "hold", abstract: "Put a party of a call on hold (default: the customer).")
        static let (action, method) = (ContactAction.hold, "holdConnection")
        @OptionGroup var leg: LegOptions
        @OptionGroup var target: ContactTarget
    }

    struct ResumeCommand: LegVerb {
        static let configuration = CommandConfiguration(
            commandName: "resume", abstract: "Take a party back from hold, or continue a task.")
        static let (action, method) = (ContactAction.resume, "resumeConnection")
        @OptionGroup var leg: LegOptions
        @OptionGroup var target: ContactTarget

        func step(_ contact: ContactData, _ desk: Desk, _ connection: LineConnection) throws -> ServiceStep {
            contact.isVoice ? try legStep(contact) : ServiceStep("resumeContact", on: contact)
        }
    }

    struct MuteCommand: LegVerb {
        static let configuration = CommandConfiguration(
            commandName: "mute", abstract: "Mute a leg of a call at Amazon Connect (default: the agent's).")
        static let (action, method) = (ContactAction.mute, "muteParticipant")
        @OptionGroup var leg: LegOptions
        @OptionGroup var target: ContactTarget
    }

    struct UnmuteCommand: LegVerb {
        static let configuration = CommandConfiguration(
            commandName: "unmute", abstract: "End the muting of a leg (default: the agent's).")
        static let (action, method) = (ContactAction.unmute, "unmuteParticipant")
        @OptionGroup var leg: LegOptions
        @OptionGroup var target: ContactTarget
    }

    struct DigitsCommand: LegVerb {
        static let configuration = CommandConfiguration(
            commandName: "dtmf", abstract: "Send tones to a party of a call (default: the one that is connected).")
        static let (action, method) = (ContactAction.dtmf, "sendDigits")
        @Argument(help: "0 to 9, *, #, A to D; a comma is a pause.") var digits: String
        @OptionGroup var leg: LegOptions
        @OptionGroup var target: ContactTarget

        var arguments: [String] { [digits] }
        var more: [(String, JSON)] { [("digits", .string(digits))] }

        func validate() throws {
            guard (1...50).contains(digits.count), digits.allSatisfy({ "0123456789*#,ABCDabcd".contains($0) }) else {
                throw ValidationError("dtmf takes 1 to 50 of 0-9, *, #, A-D and the comma: 1234#")
            }
        }

        func deed(_ contact: ContactData) -> String? { "sent \(digits) to \(ContactNarrator.name(contact))" }
    }
}
