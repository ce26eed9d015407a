// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import FoundationNetworking
import StreamsProtocol
import Testing

extension EndToEnd {
    @Suite("The simulator's control API, over HTTP")
    struct SimulatorControlTests {
        /// A simulator without TLS, and its first line.
        private func simulator(_ stage: Stage, _ arguments: String...) throws -> (program: Program, ready: JSON) {
            let program = try Program("connect-simulator", arguments, folder: stage.folder)
            return (program, try JSON(parsing: try #require(try program.firstLine())))
        }

        private func exchange(_ url: String, _ method: String, _ body: [UInt8] = []) throws -> (status: Int, body: JSON)
        {
            var request = URLRequest(url: try #require(URL(string: url)), timeoutInterval: 10)
            request.httpMethod = method
            if !body.isEmpty { request.httpBody = Data(body) }
            let (status, data) = try HTTP.exchange(request)
            return (status, (try? JSON(parsing: Array(data))) ?? .null)
        }

        @Test("an unknown path → 404 with the paths that exist; a long body → 413 at once")
        func refusals() throws {
            let stage = try Stage()
            let (program, ready) = try simulator(stage)
            defer { program.kill(15) }
            let base = try #require(ready["base"]?.string)
            let control = try #require(ready["control"]?.string)
            let missing = try exchange("\(base)/nope", "GET")
            #expect(missing.status == 404 && missing.body["paths"]?.array?.isEmpty == false, "\(missing)")
            #expect(try exchange("\(control)/nope", "POST").body["help"] == "GET /help lists all calls")
            let start = ContinuousClock.now
            for size in [6_000_000, 17_000_000] {
                let long = try exchange("\(control)/contacts", "POST", Array(repeating: 0x20, count: size))
                #expect(long.status == 413, "\(long)")
            }
            #expect(start.duration(to: .now) < .seconds(10), "the sender waits for a time limit")
            #expect(try exchange("\(control)/contacts", "GET").status == 200)
        }

        @Test("GET /contacts lists the contacts; POST /scenario plays another scenario")
        func scenario() throws {
            let stage = try Stage()
            let (program, ready) = try simulator(stage, "--speed", "100")
            defer { program.kill(15) }
            let control = try #require(ready["control"]?.string)
            let yaml = "steps:\n  - {at: 1, do: incoming, as: c, type: chat, contactId: chat-1}\n"
            let started = try exchange(
                "\(control)/scenario", "POST", JSON.object(JSONObject([("yaml", .string(yaml))])).encoded)
            #expect(started.body["steps"] == 1, "\(started)")
            try eventually("the contact waits for the agent") {
                try exchange("\(control)/contacts", "GET").body.array?.first?["contactId"] == "chat-1"
            }
            for body in ["{}", #"{"scenario":"x"}"#, #"{"yaml":"steps: 1"}"#, #"{"scenario":"demo","yaml":"x"}"#] {
                #expect(try exchange("\(control)/scenario", "POST", Array(body.utf8)).status == 400, "\(body)")
            }
            let failover = #"{"yaml":"steps:\n  - {at: 1, do: failover, active: other}\n"}"#
            let refused = try exchange("\(control)/scenario", "POST", Array(failover.utf8))
            #expect(refused.status == 400 && refused.body["error"]?.string?.contains("--other-arn") == true)
        }

        @Test("GET /events tells what happens; GET /agents has both agents; a 404 names what there is")
        func events() throws {
            let stage = try Stage()
            let (program, ready) = try simulator(stage)
            defer { program.kill(15) }
            let control = try #require(ready["control"]?.string)
            let reader = try Program(
                "curl", ["--silent", "--no-buffer", "\(control)/events"], folder: stage.folder,
                executable: URL(filePath: "/usr/bin/curl"))
            defer { reader.kill(15) }
            try eventually("the present snapshot") { reader.printed.contains(#""state":"Offline""#) }
            _ = try exchange("\(control)/contacts", "POST", Array(#"{"type":"chat","contactId":"c"}"#.utf8))
            let input = #"{"operation":"PutAgentState","input":{"state":{"name":"Available","type":"routable"}}}"#
            _ = try exchange("\(control)/agent", "POST", Array(input.utf8))
            try eventually("step and snapshot: \(reader.printed)") {
                let lines = reader.printed.split(separator: "\n").map(String.init)
                return lines.contains { $0.hasPrefix("data: ") && $0.contains(#""do":"incoming""#) }
                    && lines.contains { $0.contains(#""contactId":"c""#) && $0.contains(#""state":"connecting""#) }
            }
            let agents = try exchange("\(control)/agents", "GET").body
            #expect(agents.array?.map { $0["username"]?.string } == ["robin", "sam"])
            #expect(agents.array?.first?["contacts"] == ["c"])
            let missing = try exchange("\(control)/contacts/x/customer-hangs-up", "POST")
            #expect(
                missing.status == 404 && missing.body["error"]?.string?.contains("there are c") == true, "\(missing)")
            let path = try exchange("\(control)/nothing", "GET").body["error"]?.string
            #expect(path?.contains("/events") == true, "\(path ?? "")")
            #expect(
                try exchange("\(control)/nothing", "POST").body["error"]?.string?.contains("/websocket/drop") == true)
        }

        @Test("the manual has every option of the command")
        func manual() throws {
            let stage = try Stage()
            let help = try Program.run("connect-simulator", ["--help"], folder: stage.folder).printed
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let page = try String(
                contentsOf: root.appending(path: "Documentation/connect-simulator.1.md"), encoding: .utf8)
            let options = Set(help.matches(of: /--[a-z-]+/).map { String($0.output) }).subtracting(["--help"])
            #expect(options.count >= 16)
            for option in options { #expect(page.contains("**\(option)**"), "\(option)") }
        }

        @Test("POST /reset stops the scenario")
        func reset() throws {
            let stage = try Stage()
            let (program, ready) = try simulator(stage, "--speed", "100")
            defer { program.kill(15) }
            let control = try #require(ready["control"]?.string)
            let steps = "steps:\n  - {at: 1, do: incoming, type: chat}\n  - {at: 60, do: incoming, type: chat}\n"
            _ = try exchange("\(control)/scenario", "POST", JSON.object(JSONObject([("yaml", .string(steps))])).encoded)
            let contacts = { try exchange("\(control)/contacts", "GET").body.array?.count }
            try eventually("the first step is played") { try contacts() == 1 }
            #expect(try exchange("\(control)/reset", "POST").status == 200)
            // No event tells that a step was not played: the second one would be due after 0.6 s.
            usleep(1_000_000)
            #expect(try contacts() == 0)
        }

        @Test("a failover scenario without the other region → refused at the start; --version")
        func start() throws {
            let stage = try Stage()
            try stage.write("steps:\n  - {at: 8, do: failover, active: other}\n")
            let run = try Program.run(
                "connect-simulator", ["--scenario", stage.configurationFile], folder: stage.folder)
            #expect(run.status == 1 && run.errors.contains("start it with --other-arn"), "\(run)")
            let version = try Program.run("connect-simulator", ["--version"], folder: stage.folder)
            #expect(version.status == 0 && version.printed == "\(Partyline.version)\n")
        }
    }
}
