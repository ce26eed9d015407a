// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Runs the examples of partyline(1) as they are printed, in a shell.
    @Suite("The examples of the manual")
    struct ManualTests {
        /// An example of the page, by a piece of its text, and what shows that it works.
        private struct Example: Sendable {
            let piece: String
            /// What it prints, in its own output or with a program that stands for one of the user's.
            let prints: String
            /// The file that it writes this to; nil for its output.
            var file: String?
            /// True if it goes on until it is interrupted.
            var follows = false
            /// Done as soon as it listens.
            var meanwhile: @Sendable (Stage) throws -> Void = { _ in }
        }

        private static let examples = [
            Example(piece: "get snapshot.state.name", prints: "Available\n"),
            Example(piece: "id=$(partyline get", prints: "{}"),
            Example(piece: "hook contact::connecting", prints: "contact=b", follows: true) { try $0.offerChat("b") },
            Example(piece: "clock=$(partyline sync)", prints: "contact::connected"),
            Example(piece: "wait agent::routable --or-now", prints: "ready\n"),
            Example(piece: "hook contact::init --existing", prints: "contact=a", follows: true),
            Example(piece: "get seat.mute", prints: "true\n"),
            Example(piece: "watch 'contact::*' -n 20", prints: "contact::connecting", follows: true),
            Example(piece: "logs -f", prints: "nonsense", follows: true) { stage in
                try "nonsense: true\n".write(toFile: stage.configuration, atomically: true, encoding: .utf8)
                stage.daemon?.kill(SIGHUP)
            },
            Example(piece: "broadcast crm::page_opened", prints: "aws/chat"),
            Example(piece: "--format light", prints: "set-my-light blink\n", follows: true),
            Example(piece: ">> events.jsonl", prints: "partyline::subscribed", file: "events.jsonl", follows: true),
            Example(piece: "status --json", prints: "Robin Example", file: "status.json"),
            Example(piece: "socat", prints: #"{"event":"acknowledge""#, follows: true),
        ]

        @Test("every example but the demo does what its sentence says")
        func examples() throws {
            let page = try Self.page().filter { $0 != "partyline demo" }
            for text in page {
                let example = try #require(Self.examples.first { text.contains($0.piece) }, "no expectation: \(text)")
                if Self.isRunnable(text) { try run(text, example) }
            }
            #expect(page.count == Self.examples.count)
        }

        /// False for an example with a program that is not installed.
        private static func isRunnable(_ text: String) -> Bool {
            let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            return ["jq", "socat"].filter { text.contains("\($0) ") }.allSatisfy { tool in
                folders.contains { access("\($0)/\(tool)", X_OK) == 0 }
            }
        }

        private func run(_ text: String, _ example: Example) throws {
            let stage = try Stage()
            try stage.startSimulator()
            try "".write(toFile: stage.configuration, atomically: true, encoding: .utf8)
            try stage.startDaemon(["--config", stage.configuration])
            let page = try stage.readyClient()
            let witness = try stage.readyWitness()
            try page.send("broadcast", ["event": "agent::mute_toggle", "data": ["muted": true]])
            try page.wait(for: "agent::mute_toggle")
            if !example.piece.contains("hook contact::connecting") {
                try stage.offerChat("a")
                try witness.wait(for: "contact::connecting", of: "a")
            }
            let shell = try Program(
                "example", ["-c", "cd \(stage.folder)\n\(text)"], environment: try environment(stage),
                folder: stage.folder,
                executable: URL(filePath: "/bin/sh"))
            defer { shell.kill(SIGTERM) }
            do {
                if text.contains("hook") { try eventually("it listens") { try stage.isHeard(by: "partyline") } }
                try example.meanwhile(stage)
                try eventually("it prints \(example.prints)") {
                    let output = example.file.map { file in
                        (try? String(contentsOfFile: "\(stage.folder)/\(file)", encoding: .utf8)) ?? ""
                    }
                    return (output ?? shell.printed).contains(example.prints)
                }
                if !example.follows { #expect(try shell.end() == 0) }
            } catch {
                Issue.record("\(text)\nprinted: \(shell.printed)\(shell.errors)")
            }
        }

        /// The built programs first, then programs that stand for the user's and print how they were called.
        private func environment(_ stage: Stage) throws -> [String: String] {
            for name in ["xdg-open", "set-my-light"] {
                let file = "\(stage.folder)/\(name)"
                try "#!/bin/sh\necho \(name) \"$@\" >&1\n".write(toFile: file, atomically: true, encoding: .utf8)
                chmod(file, 0o755)
            }
            let built = Program.binary("partyline").deletingLastPathComponent().path
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            return ["PATH": "\(built):\(stage.folder):\(path)", "PARTYLINE_SOCKET": stage.socket, "id": "a"]
        }

        /// The indented blocks under EXAMPLES.
        private static func page() throws -> [String] {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let text = try String(contentsOf: root.appending(path: "Documentation/partyline.1.md"), encoding: .utf8)
            let chapter = try #require(text.firstMatch(of: #/\n## EXAMPLES\n((?s:.*?))\n## /#)?.output.1)
            return chapter.split(separator: "\n\n").filter { $0.hasPrefix("    ") }.map { block in
                block.split(separator: "\n").map { $0.dropFirst(4) }.joined(separator: "\n")
            }
        }
    }
}

extension Stage {
    fileprivate var configuration: String { "\(folder)/partyline.yaml" }

    /// True if the program has subscribed.
    fileprivate func isHeard(by program: String) throws -> Bool {
        let ports = try client().connection.request("getStatus")["ports"]?["list"]?.array ?? []
        return ports.contains { $0["program"]?.string == program && $0["dialect"] == "subscriber" }
    }
}
