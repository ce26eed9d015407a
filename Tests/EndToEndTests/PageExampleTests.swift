// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Runs the shell and Python examples of README and of connect-simulator(1) as they are printed.
    @Suite("The examples of README and of the simulator's page")
    struct PageExampleTests {
        /// The blocks of a language on a page.
        private static func blocks(_ page: String, _ language: String) throws -> [String] {
            try LibraryExamples.text(page).components(separatedBy: "```\(language)\n").dropFirst().map {
                $0.components(separatedBy: "```")[0]
            }
        }

        private static func block(_ page: String, _ language: String, with piece: String) throws -> String {
            try #require(try blocks(page, language).first { $0.contains(piece) }, "\(page) has no block with \(piece)")
        }

        private static func isInstalled(_ tools: String...) -> Bool {
            let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            return tools.allSatisfy { tool in folders.contains { access("\($0)/\(tool)", X_OK) == 0 } }
        }

        private static func stage() throws -> Stage {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: Stage.steady)
            _ = try stage.readyClient()
            return stage
        }

        /// Starts an interpreter with the text of an example.
        private static func start(_ interpreter: String, _ text: String, _ stage: Stage) throws -> Program {
            let built = Program.binary("partyline").deletingLastPathComponent().path
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            let file = "\(stage.folder)/example.\(interpreter)"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            return try Program(
                "example", [interpreter, file],
                environment: [
                    "PATH": "\(built):\(path)", "PARTYLINE_SOCKET": stage.socket, "PYTHONUNBUFFERED": "1",
                    "HOME": stage.folder,
                ], folder: stage.folder, executable: URL(filePath: "/usr/bin/env"))
        }

        private static func prints(_ text: String, _ program: Program, _ stage: Stage) throws {
            try eventually("\(text): \(program.printed)\(program.errors)") { program.printed.contains(text) }
        }

        @Test(
            "README, shell: the agent's state whenever it changes",
            .enabled(if: isInstalled("socat", "jq"), "needs socat and jq"))
        func states() throws {
            let stage = try Self.stage()
            let program = try Self.start("sh", Self.block("README.md", "sh", with: "socat"), stage)
            defer { program.kill(SIGTERM) }
            try Self.prints(" Offline", program, stage)
            try stage.setState("Lunch")
            try Self.prints(" Lunch", program, stage)
        }

        @Test("README, Python: every call is accepted", .enabled(if: isInstalled("python3"), "needs python3"))
        func accepts() throws {
            let stage = try Self.stage()
            let witness = try Subscriber(stage.socket)
            let program = try Self.start("python3", Self.block("README.md", "python", with: "acceptContact"), stage)
            defer { program.kill(SIGTERM) }
            try stage.setState("Available")
            try stage.control("/contacts", ["type": "voice", "contactId": "a", "ringSeconds": 3600])
            try witness.wait(for: "contact::connected", of: "a")
        }

        @Test("README, Python: nothing is missed over a restart", .enabled(if: isInstalled("python3"), "needs python3"))
        func missesNothing() throws {
            let stage = try Self.stage()
            let program = try Self.start("python3", Self.block("README.md", "python", with: "since"), stage)
            defer { program.kill(SIGTERM) }
            try Self.prints("starting from:", program, stage)
            try stage.setState("Lunch")
            try Self.prints("agent::state_change Lunch", program, stage)
            try stage.endDaemon(SIGKILL)
            try stage.setState("Available")
            try stage.startDaemon(environment: Stage.steady)
            try Self.prints("agent::state_change Available", program, stage)
        }

        @Test("README, shell: events are appended to a file", .enabled(if: isInstalled("jq"), "needs jq"))
        func appends() throws {
            let stage = try Self.stage()
            let text = try Self.block("README.md", "sh", with: "events.jsonl")
            let program = try Self.start("sh", "cd \(stage.folder)\n\(text)", stage)
            defer { program.kill(SIGTERM) }
            let file = "\(stage.folder)/events.jsonl"
            func written() -> String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }
            try eventually("it has subscribed: \(program.errors)") { written().contains("partyline::subscribed") }
            try stage.setState("Available")
            try stage.offerChat("a")
            try eventually("the contact is in the file") { written().contains(#""event":"contact::connecting""#) }
        }

        @Test("connect-simulator(1): a daemon against a simulator of one's own")
        func ownSimulator() throws {
            let stage = try Stage()
            var text = try Self.block("Documentation/connect-simulator.1.md", "sh", with: "simulated.yaml")
            // Other ports and another path, because tests run at the same time.
            for (printed, own) in [("4433", Self.freePort()), ("4434", Self.freePort())] {
                text = text.replacing(printed, with: "\(own)")
            }
            text = text.replacing("/tmp/simulated.sock", with: stage.socket)
            // A person waits between two lines until the programs are there.
            text = text.replacing(
                "partylined --socket", with: "until [ -s ~/simulator-cookies ]; do sleep 0.1; done\npartylined --socket"
            )
            text = text.replacing(
                "partyline --socket", with: "until [ -S \(stage.socket) ]; do sleep 0.1; done\npartyline --socket")
            text = text.replacing(" &\n", with: " & started=\"$started $!\"\n")
            let program = try Self.start("sh", "cd \(stage.folder)\ntrap 'kill $started' EXIT\n\(text)", stage)
            try Self.prints(#""contactId""#, program, stage)
            _ = try program.end()
        }

        /// A port that was free a moment ago.
        private static func freePort() -> UInt16 {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    _ = bind(descriptor, generic, length)
                    _ = getsockname(descriptor, generic, &length)
                }
            }
            return UInt16(bigEndian: address.sin_port)
        }
    }
}
