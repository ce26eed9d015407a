// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    @Suite("Connections that end in the middle")
    struct HalfCloseTests {
        private func request(_ id: Int, _ method: String, _ params: JSON) -> [UInt8] {
            ServerLine.encode(
                EventName.request, ["requestId": .int(id), "method": .string(method), "params": params])
        }

        @Test("a client that shuts down its side → everything it asked is answered, then the end")
        func halfClose() throws {
            let stage = try Stage()
            try stage.startBoth()
            _ = try stage.readyClient()
            try stage.control("/faults", ["operation": "GetAgentStates", "delaySeconds": 0.5])
            let socket = try RawSocket(path: stage.socket)
            // The last line has no newline.
            try socket.write(request(1, "getStatus", [:]) + request(2, "call", ["method": "getAgentStates"]).dropLast())
            socket.shutDownWriting()
            var lines: [String] = []
            while let line = try socket.line() { lines.append(line) }
            let answers = lines.filter { $0.contains(EventName.response) }
            #expect(answers.count == 2, "\(lines)")
            #expect(answers.last?.contains(#""states""#) == true)
        }

        @Test("a subscriber that shuts down its side → is sent events until it closes")
        func subscriber() throws {
            let stage = try Stage()
            try stage.startBoth()
            let other = try stage.readyClient()
            let socket = try RawSocket(path: stage.socket)
            try socket.write(request(1, "subscribe", ["events": ["my::event"]]))
            socket.shutDownWriting()
            while let line = try socket.line(), !line.contains(EventName.response) {}
            try other.send("broadcast", ["event": "my::event"])
            #expect(try socket.line()?.contains("my::event") == true)
        }

        @Test("a large answer → complete, although the client has shut down its side", arguments: [1 << 20])
        func large(size: Int) throws {
            let stage = try Stage()
            try stage.startDaemonWithoutSession()
            let socket = try RawSocket(path: stage.socket)
            let text = String(repeating: "x", count: 65_536)
            for _ in 0..<(size / 65_536) {
                try socket.write(ServerLine.encode("broadcast", ["event": "my::event", "data": .string(text)]))
            }
            try socket.write(request(1, "describe", [:]))
            socket.shutDownWriting()
            var count = 0
            var hasAnswer = false
            while let line = try socket.line() {

                if line.contains(text) { count += 1 }
                if line.contains(EventName.response) { hasAnswer = line.contains("daemonEvents") }
            }
            #expect(count == size / 65_536 && hasAnswer)
        }

        @Test("SIGTERM during a call → it is answered as not known; kill -9 → the command says so; both with status 6")
        func unknownOutcome() throws {
            for signal in [SIGTERM, SIGKILL] {
                let stage = try Stage()
                try stage.startBoth()
                _ = try stage.readyClient()
                try stage.control("/faults", ["operation": "PutAgentState", "delaySeconds": 30])
                let state: JSON = ["state": ["name": "Lunch", "type": "not_routable", "agentStateARN": "arn:x"]]
                let call = try Program(
                    "partyline", ["call", "putAgentState", state.text, "--socket", stage.socket], folder: stage.folder)
                try eventually("the service has the call") { try stage.count(of: "PutAgentState") == 1 }
                stage.daemon?.kill(signal)
                #expect(try call.end() == 6, "\(call.errors)")
                #expect(call.errors.contains("it is not known whether it was done"), "\(call.errors)")
            }
        }

        @Test("a reader that ends → watch ends with it, although nothing happens")
        func reader() throws {
            let stage = try Stage()
            try stage.startBoth()
            _ = try stage.readyClient()
            let partyline = Program.binary("partyline").path
            for verb in ["watch --format light", "watch --json"] {
                let command =
                    "timeout 20 \(partyline) \(verb) --socket \(stage.socket) | head -n 1; echo ${PIPESTATUS[0]}"
                let run = try Program.run(
                    "bash", ["-c", command], folder: stage.folder, executable: URL(filePath: "/bin/bash"), seconds: 15)
                #expect(run.printed.hasSuffix("\n0\n"), "\(run)")
            }
        }

        @Test("a hook whose command runs partyline → does not run itself")
        func hookLoop() throws {
            let stage = try Stage()
            try stage.startBoth()
            let client = try stage.readyClient()
            let command = "\(Program.binary("partyline").path) get snapshot.state.name; echo ran"
            let hook = try Program(
                "partyline", ["hook", "--socket", stage.socket, "--", "sh", "-c", command], folder: stage.folder)
            try eventually("the hook has subscribed") {
                try client.connection.request("getStatus")["ports"]?["list"]?.array?.contains {
                    $0["dialect"] == "subscriber"
                } == true
            }
            try client.send("broadcast", ["event": "my::event"])
            try eventually("it ran") { hook.printed.contains("ran") }
            try client.send("broadcast", ["event": "my::other"])
            try eventually("it ran again") { hook.printed.split(separator: "\n").count { $0 == "ran" } == 2 }
            hook.kill(SIGTERM)
            #expect(try hook.end() == 0)
            #expect(hook.printed.split(separator: "\n").count { $0 == "ran" } == 2)
        }
    }
}
