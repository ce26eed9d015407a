// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// The call of a verb of `voice-id`, and its options.
struct VoiceIDOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The call: its id, or the first letters (default: the only call).", valueName: "id"),
        completion: Completions.contacts)
    var contact: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("How long to wait for a decision.", valueName: "seconds"))
    var timeout = 600.0
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func validate() throws {
        guard timeout > 0, timeout <= 3600 else { throw ValidationError("--timeout takes seconds, up to 3600") }
    }

    /// Prints the answer of Voice ID, or a sentence about it.
    func run(
        _ body: (VoiceID<LineVoiceIDCaller>) async throws -> (answer: JSON, sentence: String)
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(timeout)
        let result = try await options.withConnection { connection in
            let desk = try Desk(connection)
            let call = try Self.call(contact, among: desk.contacts)
            let caller = LineVoiceIDCaller(connection: connection, deadline: deadline)
            do { return try await body(try VoiceID(call, desk.agent.configuration, caller)) } catch let error
                as VoiceIDError
            {
                throw VoiceIDFailure.failure(error, call)
            }
        }
        Console.out(
            format.isJSON ? result.answer.text.escapingDisplayControls : Text.printable(result.sentence))
    }

    static func call(_ typed: String?, among contacts: [ContactData]) throws(CommandFailure) -> ContactData {
        if let typed {
            let contact = try ContactChoice(contacts: contacts).contact(typed, for: .show)
            if contact.isVoice { return contact }
            throw CommandFailure(
                status: .conflict, message: "\(ContactNarrator.name(contact)) is no call: Voice ID is for calls only",
                next: ["partyline contact list"])
        }
        let calls = contacts.filter { $0.isVoice && !$0.isOver }
        if calls.count == 1, let call = calls.first { return call }
        throw CommandFailure(
            status: calls.isEmpty ? .conflict : .usage,
            message: calls.isEmpty ? "there is no call" : "\(calls.count) calls fit; name one with --contact",
            next: ["partyline contact list"])
    }
}

/// `partyline voice-id …`
struct VoiceIDCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voice-id", abstract: "Check or enroll a caller's voice (Amazon Connect Voice ID).",
        subcommands: [
            StatusCommand.self, SpeakerCommand.self, EvaluateCommand.self, EnrollCommand.self, OptOutCommand.self,
            DeleteCommand.self, UpdateCommand.self,
        ], defaultSubcommand: StatusCommand.self)

    struct StatusCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Print whether the caller is enrolled, or has opted out.")
        @OptionGroup var options: VoiceIDOptions

        func run() async throws {
            try await options.run { client in
                guard let speaker = try await client.speaker() else { return ([:], "the caller is not enrolled") }
                return (speaker.json, "the caller is \(speaker.status?.rawValue ?? "in an unknown state")")
            }
        }
    }

    struct SpeakerCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "speaker", abstract: "Print the caller's speaker id.")
        @OptionGroup var options: VoiceIDOptions

        func run() async throws {
            try await options.run { client in
                let id = try await client.speakerId()
                return (["speakerId": .string(id)], id)
            }
        }
    }

    struct EvaluateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "evaluate", abstract: "Wait until Voice ID has decided who speaks; takes up to two minutes.")
        @Flag(help: "Begin a new Voice ID session.") var new = false
        @OptionGroup var options: VoiceIDOptions

        func run() async throws {
            try await options.run { client in
                let answer = try await client.evaluateSpeaker(startNew: new)
                let words = [answer.authentication?.rawValue ?? "?", answer.fraudDetection?.rawValue ?? "?"]
                return (answer.json, "authentication: \(words[0]); fraud detection: \(words[1])")
            }
        }
    }

    struct EnrollCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enroll", abstract: "Enroll the caller's voice, and wait until that is done.")
        @OptionGroup var options: VoiceIDOptions

        func run() async throws {
            try await options.run { client in
                let answer = try await client.enrollSpeaker { _ in
                    Console.error("partyline: the caller has spoken enough")
                }
                return (answer, "the caller is enrolled")
            }
        }
    }

    struct OptOutCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "opt-out", abstract: "Note that the caller does not want Voice ID.")
        @OptionGroup var options: VoiceIDOptions

        func run() async throws { try await options.run { (try await $0.optOutSpeaker(), "the caller has opted out") } }
    }

    struct DeleteCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Delete the caller's voice and its enrollment.")
        @OptionGroup var options: VoiceIDOptions

        func run() async throws { try await options.run { (try await $0.deleteSpeaker(), "the speaker is deleted") } }
    }

    struct UpdateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "update", abstract: "Set the caller's speaker id.")
        @Argument(help: "The speaker id, usually the customer's.") var id: String
        @OptionGroup var options: VoiceIDOptions

        func validate() throws { if id.isEmpty { throw ValidationError("update needs a speaker id") } }

        func run() async throws { try await options.run { (try await $0.updateSpeakerId(id), "the speaker is \(id)") } }
    }
}
