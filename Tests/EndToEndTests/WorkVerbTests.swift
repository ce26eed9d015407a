// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import StreamsProtocol
import Testing

extension EndToEnd {
    /// The verbs for an agent's work, with the real command against the simulator.
    @Suite("Verbs for work")
    struct WorkVerbTests {
        /// A stage with two calls at once, and the command line on it.
        private final class Office {
            let stage: Stage
            let witness: Subscriber

            /// - Parameters:
            ///   - agent: more lines of the simulator's agent.
            ///   - speed: of the simulator's clock.
            init(agent: String = "", speed: String = "1") throws {
                stage = try Stage()
                let file = "\(stage.folder)/simulator.yaml"
                let lines = "routingProfile:\n  concurrency: {voice: 2}\nagent:\n  maximumThirdParties: 2\n\(agent)"
                try lines.write(toFile: file, atomically: true, encoding: .utf8)
                try stage.startSimulator(usesTLS: true, "--config", file, "--speed", speed)
                try stage.startDaemon(environment: Stage.steady)
                _ = try stage.readyClient()
                witness = try Subscriber(stage.socket)
            }

            /// Runs the command; its output has to contain the text.
            @discardableResult
            func run(
                _ arguments: String..., status: Int32 = 0, says text: String = "",
                sourceLocation: SourceLocation = #_sourceLocation
            ) throws -> String {
                let end = try Program.run(
                    "partyline", ["--socket", stage.socket] + arguments, folder: stage.folder, seconds: 60)
                let shown = "\(arguments.joined(separator: " ")): \(end)"
                #expect(end.status == status, "\(shown)", sourceLocation: sourceLocation)
                let output = end.printed + end.errors
                #expect(text.isEmpty || output.contains(text), "\(shown)", sourceLocation: sourceLocation)
                return end.printed
            }

            func available() throws { try run("agent", "set-state", "avail", says: "is Available (routable)") }

            /// A contact that rings.
            func offer(_ type: String, _ id: String, _ more: JSON = [:]) throws {
                let contact: JSON = ["type": .string(type), "contactId": .string(id), "ringSeconds": 3600]
                try stage.control("/contacts", contact.adding(more))
                try witness.wait(for: "contact::connecting", of: id)
            }
        }

        @Test("a call from the first ring to the end")
        func call() throws {
            let office = try Office()
            try office.run("contact", "accept", status: 7, says: "no contact rings: the agent has no contact")
            try office.run("contact", says: "no contacts")
            try office.available()
            try office.offer("voice", "call-1")
            try office.run("contact", says: "accept reject")
            try office.run("contact", "hold", status: 7, says: "partyline --socket")
            try office.run("contact", "accept", says: "(call-1) is connected\n")
            try office.run("contact", "accept", "ca", status: 7, says: "connected: the service refused acceptContact")
            try office.run("contact", "hold", says: "the customer on hold")
            try office.run("contact", "resume", "call-1", says: "(call-1) is connected\n")
            try office.run("contact", "mute", says: "; muted")
            try office.run("contact", "unmute", says: "(call-1) is connected\n")
            try office.run("contact", "dtmf", "12#", says: "sent 12# to")
            try office.run("contact", "add", "nobody", status: 2, says: "Front desk, Sales queue, Sam")
            try office.run("contact", "add", "front", says: "the customer on hold, Front desk connect")
            try eventually("the third party is connected") {
                try office.run("contact", "show").contains("Front desk    connected")
            }
            try office.run("contact", "toggle", says: "Front desk on hold")
            try office.run(
                "contact", "hold", "--connection", "customer", says: "the customer on hold, Front desk on hold")
            try office.run("contact", "conference", says: "is connected; Front desk connected")
            try office.run("contact", "hang-up", "--connection", "third-party", says: "(call-1) is connected\n")
            try office.run("contact", "note", "7", "no sound", says: "noted")
            try office.run("contact", "view")
            try office.witness.wait(for: "contact::view") { $0.data?["contactId"] == "call-1" }
            try office.run("contact", "transfer", "Sam", status: 7, says: "add the other party, and then hang up")
            try office.run("agent", "set-state", "lunch", status: 7, says: "set-state Lunch --next")
            try office.run("agent", "set-state", "lunch", "--next", says: ", then Lunch")
            try office.run("agent", "next", says: "Lunch\n")
            try office.run("contact", "hang-up", says: "(call-1) has ended")
            try office.run("contact", "clear", says: "is gone")
            try office.run("agent", says: "is Lunch (not_routable) for")
            try office.run("agent", "next", status: 1)
        }

        @Test("a chat is transferred; a task is paused, resumed and completed; two that ring have to be named")
        func others() throws {
            let office = try Office()
            try office.available()
            try office.offer("chat", "chat-1")
            try office.offer("task", "task-1", ["name": "Refund"])
            try office.run("contact", "accept", status: 2, says: "contact accept task-1   task Refund, connecting")
            try office.run("contact", "accept", "chat")
            try office.run("contact", "accept", says: "task Refund (task-1) is connected")
            try office.run("contact", "pause", says: "is paused")
            try office.run("contact", "resume", says: "is connected")
            try office.run("contact", "complete", says: "task Refund is gone")
            try office.run("contact", "transfer", "sales", says: "has ended")
            let list = try JSON(parsing: office.run("contact", "list", "--json"))
            #expect(list.array?.first?["possible"] == ["clear"])
            let answer = try JSON(parsing: office.run("contact", "clear", "--json"))
            #expect(answer["status"] == "confirmed")
            try office.offer("chat", "chat-2")
            try office.run("contact", "reject", says: "was rejected")
            try office.run("contact", "clear", "--no-confirm", says: "has accepted clear")
        }

        @Test("a supervisor listens, takes part, listens again and leaves")
        func supervisor() throws {
            let office = try Office()
            try office.available()
            try office.offer("voice", "call-1", ["monitor": true])
            try office.run("contact", "accept", says: "the agent listening")
            try office.run("contact", "hold", status: 7, says: "contact barge call-1")
            try office.run("contact", "barge", says: "the agent taking part")
            try office.run("contact", "monitor", says: "the agent listening")
            try office.run("contact", "hang-up", says: "has ended")
        }

        @Test("dial prints the contact's id; agent, quick connects and settings")
        func agent() throws {
            let office = try Office()
            try office.run("dial", "2065550111", status: 2, says: "with + and country code")
            try office.run("dial", "+12065550111", status: 7, says: "is Offline (offline)")
            try office.available()
            let id = try office.run("dial", "+1 206 555 0111", "--queue", "sup").trimmingCharacters(in: .newlines)
            try office.witness.wait(for: "contact::connecting", of: id)
            try office.run("contact", "show", String(id.prefix(6)), says: "Support")
            try office.run("contact", "hang-up")
            try office.run("contact", "clear")
            try office.run("agent", "states", says: "Available  routable")
            try office.run("agent", "set-state", "launch", status: 2, says: "agent set-state Lunch")
            try office.run("agent", "config", says: "routingProfile")
            try office.run("agent", "mute", "on", "--timeout", "0.3", status: 6, says: "no page has answered")
            try office.run("quick-connects", says: "Sam")
            #expect(try !office.run("quick-connects", "--queue", "Sales").contains("Sam"))
            try office.run("settings", "set", "softphoneAutoAccept", "true", says: "softphoneAutoAccept is true")
            try office.run("settings", "set", "agentPreferences.LANGUAGE", "de_DE", says: "is de_DE")
            try office.run("settings", "set", "nothing", "1", status: 2, says: "there is no setting")
            try eventually("the daemon has read the configuration again") {
                try office.run("settings", "get", "agentPreferences.LANGUAGE") == "de_DE\n"
            }
            try office.run("settings", says: "agentPreferences.LANGUAGE  de_DE")
        }

        @Test(
            "a setting that Amazon Connect leaves alone, a call of unknown outcome, an empty note: not said to be done")
        func doubts() throws {
            let office = try Office()
            try office.run("settings", "set", "voiceEnhancementMode", "LOUD", status: 7, says: "as it was: NONE")
            try office.available()
            try office.stage.control("/faults", ["operation": "CreateOutboundContact", "status": 503, "times": -1])
            try office.run("dial", "+12065550100", status: 6, says: "it is not known whether it was done")
            try office.run("contact", "note", "", "text", status: 2, says: "needs a code and a text")
            try office.run("settings", "set", "extension", "null", status: 2, says: "an empty text clears it")
            try office.offer("email", "mail", ["customer": "kim@example.com", "name": "Invoice"])
            try office.run("contact", "show", "mail", says: "kim@example.com")
            try office.run("voice-id", "--contact", "mail", status: 7, says: "Voice ID is for calls only")
        }

        @Test("a page with the softphone answers agent mute")
        func softphone() throws {
            let office = try Office()
            let page = try office.stage.client()
            let command = try Program(
                "partyline", ["--socket", office.stage.socket, "agent", "mute", "on", "--timeout", "20"],
                folder: office.stage.folder)
            try page.wait(for: "mute") { $0["mute"] == true }
            try page.send("broadcast", ["event": "agent::mute_toggle", "data": ["muted": true]])
            #expect(try command.end(within: 30) == 0 && command.printed == "the softphone is muted\n")
        }

        @Test("history and why: what has happened, who caused it, what has changed")
        func history() throws {
            let office = try Office()
            try office.available()
            try office.offer("chat", "chat-1")
            try office.run("contact", "accept")
            try office.stage.hangUp("chat-1")
            try office.witness.wait(for: "contact::ended", of: "chat-1")
            try office.run("contact", "clear")
            let history = try JSON(parsing: office.run("history", "--json"))
            let entries = history["entries"]?.array ?? []
            #expect(entries.contains { $0["text"]?.string?.contains("is cleared (by partyline)") == true })
            let states = history["states"]?.array?.compactMap { $0["state"]?.string } ?? []
            #expect(states.contains("Offline") && states.contains("Available"), "\(states)")
            let connected = try #require(entries.first { $0["event"] == "contact::connected" }?["clock"]?.string)
            try office.run("why", connected, says: #"state.type: "connecting" → "connected""#)
            let why = try JSON(parsing: office.run("why", connected, "--json"))
            #expect(why["by"]?["program"] == "partyline" && why["rule"] == "its state changed to connected")
            try office.run("why", "nothing", status: 1, says: "is known: there is none")
            #expect(try office.run("history", "--since", connected, "-n", "1").contains("is cleared"))
            let contact = try office.run("history", "--contact", "chat", says: "connecting")
            #expect(!contact.contains("Available"), "\(contact)")
        }

        @Test("Voice ID: a caller is enrolled, recognized, opts out, and is deleted")
        func voiceID() throws {
            let office = try Office(agent: "  permissions: [outboundCall, voiceId]\n", speed: "20")
            try office.available()
            try office.run("voice-id", status: 7, says: "there is no call")
            try office.offer("voice", "call-1")
            try office.run("contact", "accept")
            try office.run("voice-id", "speaker", status: 1, says: "has no speaker")
            try office.run("voice-id", "update", "mary", status: 1, says: "there is no Voice ID session")
            try office.stage.hangUp("call-1")
            try office.run("contact", "clear")
            try office.offer("voice", "call-2", ["attributes": ["customerId": "mary"]])
            try office.run("contact", "accept")
            try office.run("voice-id", "speaker", says: "mary\n")
            try office.run("voice-id", "status", says: "not enrolled")
            try office.run("voice-id", "evaluate", says: "authentication: NotEnrolled; fraud detection: LowRisk")
            try office.run("voice-id", "enroll", says: "the caller is enrolled")
            try office.run("voice-id", says: "the caller is ENROLLED")
            let answer = try JSON(parsing: office.run("voice-id", "evaluate", "--json"))
            #expect(answer["AuthenticationResult"]?["Decision"] == "Authenticated")
            try office.run("voice-id", "opt-out", "--contact", "call", says: "has opted out")
            try office.run("voice-id", says: "the caller is OPTED_OUT")
            try office.run("voice-id", "delete", says: "is deleted")
            try office.run("voice-id", "update", "max", says: "the speaker is max")
            try office.run("voice-id", "speaker", says: "max\n")
            try office.run("voice-id", says: "the caller is PENDING")
        }

        @Test("completion: ids, states and quick connects; nothing without a daemon, at once")
        func completion() throws {
            let office = try Office()
            try office.available()
            try office.offer("chat", "chat-1")
            func words(_ verb: String..., socket: String) throws -> String {
                let arguments = ["---completion"] + verb + ["--", "positional@0", "2", "0", "partyline"]
                let end = try Program.run(
                    "partyline", arguments + ["--socket", socket] + verb + [""], folder: office.stage.folder)
                #expect(end.errors.isEmpty)
                return end.printed
            }
            let socket = office.stage.socket
            #expect(try words("contact", "accept", socket: socket).contains("chat-1"))
            #expect(try words("agent", "set-state", socket: socket).contains("Lunch"))
            #expect(try words("contact", "add", socket: socket).contains("Front desk"))
            #expect(try !words("contact", "accept", socket: "/nowhere").contains("chat-1"))
        }
    }
}
