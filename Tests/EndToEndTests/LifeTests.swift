// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    @Suite("Start and stop")
    struct LifeTests {
        @Test("SIGTERM → bye to the ports, the socket is removed, exit status 0")
        func termination() throws {
            let stage = try Stage()
            try stage.startBoth()
            let port = try stage.readyClient()
            let daemon = try #require(stage.daemon)
            daemon.kill(SIGTERM)
            let bye = try port.wait(for: "partyline::bye")
            #expect(bye.data?["reason"] == "shutdown")
            #expect(throws: ConnectionError.self) { while true { _ = try port.connection.nextMessage() } }
            #expect(try daemon.end(within: 3) == 0)
            #expect(!FileManager.default.fileExists(atPath: stage.socket))
            #expect(daemon.errors.contains("stopped"))
        }

        @Test("lines sent before a client closes → all are handled, in order, over several turns")
        func linesBeforeClose() throws {
            let stage = try Stage()
            try stage.startDaemonWithoutSession()
            let witness = try Subscriber(stage.socket, ["load::*"])
            for sender in 0..<8 {
                // This client receives nothing. Closing with unread data resets a connection, and the system discards
                // what it had sent.
                let program = try Subscriber(stage.socket, ["nothing::*"])
                for number in 0..<1000 {
                    let data: JSON = ["sender": .int(sender), "n": .int(number)]
                    try program.connection.send("broadcast", ["event": "load::event", "data": data])
                }
            }
            var ended = 0
            try witness.wait(for: "load::event") {
                if $0.data?["n"]?.int == 999 { ended += 1 }
                return ended == 8
            }
            #expect(witness.lags == [])
            for sender in 0..<8 {
                let numbers = witness.events.filter { $0.data?["sender"]?.int == sender }.map { $0.data?["n"]?.int }
                #expect(numbers == (0..<1000).map { $0 })
            }
            try eventually("all are gone") {
                try witness.connection.request("getStatus")["ports"]?["count"] == 1
            }
        }

        @Test("a second daemon while the first runs → refused; after a kill → takes over the socket")
        func succession() throws {
            let stage = try Stage()
            try stage.startBoth()
            let second = try Program.run("partylined", ["--socket", stage.socket], folder: stage.folder)
            #expect(second.status == 1)
            #expect(second.errors.contains("is running at \(stage.socket)"))
            _ = try stage.readyClient()
            stage.daemon?.kill(SIGKILL)
            _ = try stage.daemon?.end()
            #expect(FileManager.default.fileExists(atPath: stage.socket))
            try stage.startDaemon()
            _ = try stage.readyClient()
        }

        @Test("the socket's mode is 0600")
        func mode() throws {
            let stage = try Stage()
            try stage.startBoth()
            var status = stat()
            #expect(lstat(stage.socket, &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o600)
        }

        @Test(
            "1,000 short connections → no open descriptor is left",
            .enabled(if: geteuid() == 0, "only root may read /proc of a process that is not dumpable"))
        func churn() throws {
            let stage = try Stage()
            try stage.startBoth()
            _ = try stage.readyClient()
            let folder = "/proc/\(stage.daemon?.pid ?? 0)/fd"
            let before = try FileManager.default.contentsOfDirectory(atPath: folder).count
            for _ in 0..<1000 { _ = try RawSocket(path: stage.socket) }
            try eventually("all are closed") {
                try FileManager.default.contentsOfDirectory(atPath: folder).count <= before + 2
            }
            let port = try stage.readyClient()
            #expect(try port.connection.request("getStatus")["counters"]?["connections"]?.int ?? 0 >= 1000)
        }

        @Test(
            "an invalid configuration file → refused with the reason",
            arguments: [
                ("session:\n  sorce: x\n", ":2: there is no key session.sorce; did you mean session.source?"),
                ("timers:\n  scale: fast\n", ":2: timers.scale: \"fast\" is not a number from 0.001 to 1000"),
                ("session: {source: authorize}\n", "session.baseUrl: session.source is authorize"),
                ("tls: {trustRoots: /nonexistent}\n", "tls.trustRoots: "),
                ("a: [\n", "not YAML"),
            ])
        func badConfiguration(_ text: String, _ message: String) throws {
            let stage = try Stage()
            let file = "\(stage.folder)/partyline.yaml"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            for arguments in [["--config", file, "--check-config"], ["--config", file, "--socket", stage.socket]] {
                let run = try Program.run("partylined", arguments, folder: stage.folder)
                #expect(run.status == 1)
                #expect(run.errors.contains(message), "\(run.errors)")
            }
        }

        @Test("flags: --version, --check-config, unknown flags and instances")
        func flags() throws {
            let stage = try Stage()
            #expect(
                try Program.run("partylined", ["--version"], folder: stage.folder).printed == "\(Partyline.version)\n")
            let check = try Program.run("partylined", ["--check-config"], folder: stage.folder)
            #expect(check.status == 0 && check.printed.contains("the configuration is good"))
            #expect(try Program.run("partylined", ["--nonsense"], folder: stage.folder).status == 2)
            #expect(try Program.run("partylined", ["--instance", "../x"], folder: stage.folder).status == 2)
            let missing = try Program.run("partylined", ["--instance", "nowhere"], folder: stage.folder)
            #expect(missing.status == 1 && missing.errors.contains("/etc/partyline/nowhere.yaml"))
        }
    }
}
