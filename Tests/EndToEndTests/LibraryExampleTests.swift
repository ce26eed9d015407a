// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Runs the Swift examples of the documentation as they are printed.
    @Suite("The examples of the library's documentation")
    struct LibraryExampleTests {
        private static let catalogue = "Sources/ConnectStreams/ConnectStreams.docc/"

        struct Example: Sendable, CustomTestStringConvertible {
            let path: String
            var isConnected = true
            var mark: String?
            /// More lines of the simulator's agent.
            var agent = ""
            var before: @Sendable (Stage) throws -> Void = { _ in }
            /// What happens when the program has printed a text.
            var steps: [(printed: String, body: @Sendable (Stage) throws -> Void)] = []
            let prints: [String]
            /// True if it goes on until it is ended.
            var follows = false

            var testDescription: String { path }

            var page: LibraryExamples.Page { LibraryExamples.Page(path: path, isConnected: isConnected, mark: mark) }
        }

        private static func offer(_ type: String, _ id: String, _ more: JSON = [:]) -> @Sendable (Stage) throws -> Void
        {
            { stage in
                let contact: JSON = ["type": .string(type), "contactId": .string(id), "ringSeconds": 3600]
                let witness = try Subscriber(stage.socket)
                try stage.control("/contacts", contact.adding(more))
                try witness.wait(for: "contact::connecting", of: id)
            }
        }

        private static let available: @Sendable (Stage) throws -> Void = { stage in
            _ = try Program.run(
                "partyline", ["--socket", stage.socket, "agent", "set-state", "Available"], folder: stage.folder)
        }

        private static let examples = pages + tutorial

        private static let kim: JSON = ["attributes": ["customerId": "kim"]]

        /// Kim calls, and the agent accepts.
        private static let talk: @Sendable (Stage) throws -> Void = { stage in
            try offer("voice", "call", kim)(stage)
            try stage.accept("call")
        }

        private static let pages = [
            Example(
                path: "README.md", isConnected: false, mark: "let connected = connect.onContactConnected",
                before: { stage in
                    try available(stage)
                    try talk(stage)
                }, prints: ["ready", "show kim"], follows: true),
            Example(path: catalogue + "ConnectStreams.md", isConnected: false, prints: ["Robin Example is Offline"]),
            Example(
                path: catalogue + "Objects/Connect.md", isConnected: false,
                prints: [
                    "a new beginning",
                    "invalid_params: the service refused acceptContact (ContactNotFoundException 404: no contact 'unknown') (partyline get snapshot.contacts)",
                ]),
            Example(
                path: catalogue + "Objects/Agent.md",
                prints: [
                    "Offline → Available", "Available, Lunch, Training, Offline",
                    "Everything Routing voice contacts: 1",
                    "auto-accept: true", "+12065550123",
                ]),
            Example(
                path: catalogue + "Objects/Contact.md", mark: "let contacts = connect.onContact",
                before: { stage in
                    try available(stage)
                    try offer("task", "task", ["name": "Refund", "description": "12 Euro"])(stage)
                },
                steps: [("ready", offer("voice", "call"))],
                prints: [
                    "ready", "voice from BasicQueue", "connected: true", "Contact gone no longer exists.",
                    "Refund – 12 Euro", "paused: true",
                ]),
            Example(
                path: catalogue + "Objects/VoiceConnection.md",
                before: { stage in
                    try available(stage)
                    try offer("voice", "call")(stage)
                    try stage.accept("call")
                },
                steps: [("third parties: 1", { try $0.control("/contacts/call/third-party-answers", [:]) })],
                prints: ["on hold: true", "muted: true", "third parties: 1", "on hold: 0"]),
            Example(
                path: catalogue + "Objects/ChatConnection.md",
                before: { stage in
                    try available(stage)
                    try offer("chat", "chat")(stage)
                }, prints: ["participant: true", "token: true", "authenticated: false"]),
            Example(
                path: catalogue + "Objects/TaskConnection.md", before: available,
                prints: ["Refund – 12 Euro", "task true"]),
            Example(
                path: catalogue + "Objects/Endpoint.md",
                prints: [
                    "phone_number Front desk +12065550100", "queue Sales queue ", "agent Sam ", "+12065550123",
                ]),
            Example(path: catalogue + "Objects/AgentSnapshot.md", prints: ["Offline 0", "Offline Lunch", "robin"]),
            Example(
                path: catalogue + "Objects/VoiceID.md", agent: "  permissions: [outboundCall, voiceId]\n",
                before: { stage in
                    try available(stage)
                    try talk(stage)
                }, prints: ["speaker: kim", "enrolled: false"]),
            Example(path: catalogue + "Objects/Events.md", prints: ["routable: Available", "crm::page_opened kim"]),
        ]

        private static let tutorial = [
            Example(
                path: catalogue + "Tutorials/Code/ScreenPop-1.swift", isConnected: false,
                prints: ["Robin Example is Offline"]),
            Example(
                path: catalogue + "Tutorials/Code/ScreenPop-2.swift", isConnected: false,
                mark: "try await connect.start()",
                before: available,
                steps: [
                    ("ready", talk)
                ], prints: ["ready", "show call"], follows: true),
            Example(
                path: catalogue + "Tutorials/Code/ScreenPop-3.swift", isConnected: false,
                mark: "try await connect.start()",
                before: available,
                steps: [
                    ("ready", talk)
                ], prints: ["ready", "show kim"], follows: true),
            Example(
                path: catalogue + "Tutorials/Code/ScreenPop-4.swift", isConnected: false,
                mark: "try await connect.start()",
                before: available,
                steps: [
                    ("ready", talk),
                    (
                        "show kim",
                        { stage in
                            try stage.endDaemon(SIGKILL)
                            try stage.startDaemon(environment: Stage.steady)
                            try stage.hangUp("call")
                        }
                    ),
                ], prints: ["ready", "show kim", "hide kim"], follows: true),
        ]

        /// For a build with ThreadSanitizer: what is linked into the other programs.
        private static let suppressions =
            "suppressions=\(LibraryExamples.root.appending(path: "Tests/Fuzzing/Sanitizers/thread.supp").path)"

        /// Compiled once. A folder of its own, which the system empties.
        private static let program = Result {
            let folder = "/tmp/partyline-examples-\(getpid())"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            return try LibraryExamples(examples.map(\.page), in: folder)
        }

        @Test("each page's examples, one after the other, print what they say", arguments: examples)
        func page(example: Example) throws {
            let program = try Self.program.get()
            let stage = try Stage()
            let file = "\(stage.folder)/simulator.yaml"
            try "agent:\n  maximumThirdParties: 2\n\(example.agent)".write(
                toFile: file, atomically: true, encoding: .utf8)
            try stage.startSimulator(usesTLS: true, "--config", file)
            try stage.startDaemon(environment: Stage.steady)
            _ = try stage.readyClient()
            try example.before(stage)
            let run = try Program(
                "example", [example.path],
                environment: ["PARTYLINE_SOCKET": stage.socket, "TSAN_OPTIONS": Self.suppressions],
                folder: stage.folder,
                executable: program.executable)
            for step in example.steps {
                try eventually("\(step.printed) of \(example.path): \(run.printed)\(run.errors)") {
                    run.printed.contains(step.printed)
                }
                try step.body(stage)
            }
            if example.follows {
                try eventually("\(example.prints) of \(example.path): \(run.printed)\(run.errors)") {
                    run.printed == example.prints.map { $0 + "\n" }.joined()
                }
                run.kill(SIGKILL)
            } else {
                let status = try run.end(within: 30)
                #expect(status == 0, "\(run.errors)")
            }
            #expect(run.printed.split(separator: "\n").map(String.init) == example.prints)
        }

        @Test("every page of the catalogue with Swift code is run")
        func complete() throws {
            let root = LibraryExamples.root.appending(path: Self.catalogue)
            let files = try #require(FileManager.default.enumerator(atPath: root.path)).compactMap { $0 as? String }
            let pages = try files.filter { file in
                if file.hasPrefix("Tutorials/Code/") { return file.hasSuffix(".swift") }
                return try file.hasSuffix(".md") && LibraryExamples.text(Self.catalogue + file).contains("```swift")
            }
            #expect(Set(pages.map { Self.catalogue + $0 }).isSubset(of: Self.examples.map(\.path)))
            #expect(pages.count == Self.examples.count - 1)
        }
    }
}
