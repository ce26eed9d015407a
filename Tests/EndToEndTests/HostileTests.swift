// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Misbehaving programs of the same user: each is lagged, closed or refused, and the others receive everything.
    @Suite("Hostile ports")
    struct HostileTests {
        private static let batches = 50
        private static let perBatch = 40
        private static let logBytes = 1 << 20

        @Test(
            "clients that never read, read slowly, send garbage, flood or reconnect in a loop → others lose nothing",
            .enabled(
                if: FileManager.default.isExecutableFile(atPath: MisbehavingClients.perl.path), "perl is missing"))
        func others() throws {
            let stage = try Stage()
            // A low rate, so that the flood exceeds it also where the daemon is slow (AddressSanitizer).
            try stage.startDaemonWithoutSession([
                "PARTYLINE_LIMITS_EVENT_LOG_BYTES": String(Self.logBytes),
                "PARTYLINE_LIMITS_REQUESTS_PER_SECOND": "50",
            ])
            let talker = try Subscriber(stage.socket, ["nothing::*"])
            let pages = try (0..<4).map { _ in try stage.client() }
            let subscribers = try (0..<4).map { _ in try Subscriber(stage.socket, ["load::*"]) }
            try pages[0].waitForPorts(1 + pages.count + subscribers.count)
            let descriptors = geteuid() == 0 ? try stage.openDescriptors() : 0
            let memory = try stage.residentKiB()

            var misbehaving: MisbehavingClients? = try MisbehavingClients(stage)
            for batch in 0..<Self.batches {
                for number in 0..<Self.perBatch { try broadcast(batch * Self.perBatch + number, by: talker) }
                try misbehaving?.act(batch)
                let last = JSON.int((batch + 1) * Self.perBatch - 1)
                for page in pages { try page.wait(for: "load::event") { $0["n"] == last } }
                for port in subscribers { try port.wait(for: "load::event") { $0.data?["n"] == last } }
                // The memory for ports that do not read is bounded, and so is the log.
                #expect(try stage.residentKiB() < memory + 48 << 10)
            }
            try misbehaving?.expectLagged()
            // A well-behaved program of the same user can still connect.
            let status = try Program.run("partyline", ["status", "--socket", stage.socket], folder: stage.folder)
            // 5: this daemon has no session.
            #expect(status.status == 5, "\(status.errors)")
            let churner = try #require(misbehaving?.churner.pid)
            try expectRefusal(stage, churner, askedBy: pages[0])
            try expectLogLines(stage)
            misbehaving = nil

            let numbers = (0..<Self.batches * Self.perBatch).map { JSON.int($0) }
            for page in pages { #expect(page.received.filter(isLoad).map { $0.data?["n"] } == numbers) }
            for port in subscribers { #expect(port.events.map { $0.data?["n"] } == numbers && port.lags == []) }
            #expect(pages.allSatisfy { !$0.received.map(\.event).contains(EventName.lagged) })
            try pages[0].waitForPorts(1 + pages.count + subscribers.count)
            if geteuid() == 0 {
                try eventually("no descriptor stays open") { try stage.openDescriptors() == descriptors }
            }
        }

        private func broadcast(_ number: Int, by talker: Subscriber) throws {
            let data: JSON = ["n": .int(number), "pad": .string(String(repeating: "x", count: 1000))]
            try talker.connection.send("broadcast", ["event": "load::event", "data": data])
        }

        private func isLoad(_ message: ServerMessage) -> Bool { message.event == "load::event" }

        /// The client that reconnects in a loop is refused sooner or later: it alone connects fast enough for the
        /// limit.
        private func expectRefusal(_ stage: Stage, _ churner: Int32, askedBy port: Client) throws {
            func counters() throws -> JSON? { try port.connection.request("getStatus")["counters"] }
            let before = try counters()?["connections"]?.int ?? 0
            let end = ContinuousClock.now + .seconds(8)
            var now: JSON?
            repeat {
                usleep(50_000)
                now = try counters()
            } while now?["refusedConnections"] == 0 && ContinuousClock.now < end
            // On a slow machine there is nothing to refuse.
            let isSlow = (now?["connections"]?.int ?? 0) - before < 8 * 500
            #expect(now?["refusedConnections"]?.int ?? 0 > 0 || isSlow)
            for line in stage.warnings where line.contains(Self.refusal) {
                #expect(line.contains("pid=\(churner) "), "\(line)")
            }
        }

        private static let refusal = "its new connections are refused"

        /// The log has a line with the pid for each misbehaving client, and none for the others.
        private func expectLogLines(_ stage: Stage) throws {
            let texts = [
                "a port is too slow", "a port is too slow", "a port is too slow", "100 bad lines in a row",
                "(limits.requestsPerSecond)",
            ]
            try eventually("each has its line in the log") {
                let warnings = stage.warnings
                return texts.allSatisfy { text in
                    warnings.count { $0.contains(text) } >= texts.count { $0 == text }
                }
            }
            for line in stage.warnings where !line.contains(Self.refusal) {
                #expect(line.contains("pid=\(getpid()) ") && texts.contains { line.contains($0) }, "\(line)")
            }
        }

        @Test("a port that sends requests and reads no reply → bye with slow; another port continues")
        func unreadReplies() throws {
            let stage = try Stage()
            try stage.startDaemonWithoutSession(["PARTYLINE_LIMITS_REPLY_BYTES": "65536"])
            let other = try stage.client()
            let slow = try RawSocket(path: stage.socket)
            let request = ServerLine.encode("partyline::request", ["requestId": 1, "method": "describe"])
            // All within the request limit: it must be the replies that exceed theirs.
            try slow.write(Array(repeatElement(request, count: 300).joined()))
            // Reading now would not be slow: wait until the daemon has closed the port.
            try eventually("its replies exceed the limit") { stage.warnings.count == 1 }
            let bye = try #require(try slow.line(containing: #"{"event":"partyline::bye""#))
            #expect(bye.contains(#""reason":"slow""#) && bye.contains("limits.replyBytes"), "\(bye)")
            #expect(try slow.line() == nil)
            #expect(try other.connection.request("describe")["protocol"] == 1)
            #expect(stage.warnings.count == 1 && stage.warnings[0].contains("limits.replyBytes"))
        }

        @Test(
            "a port behind the log → lagged with the range, then the events that are still there; a page gets the agent"
        )
        func lagging() throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(
                environment: Stage.steady.merging(["PARTYLINE_LIMITS_EVENT_LOG_BYTES": "65536"]) { $1 })
            let witness = try stage.readyWitness(["agent::*", "load::*"])
            let page = try RawSocket(path: stage.socket)
            let subscriber = try Subscriber(stage.socket, ["agent::*", "load::*"])
            // More than the log and the buffers of socket and daemon hold together.
            for batch in 0..<40 {
                for number in 0..<40 { try broadcast(batch * 40 + number, by: witness) }
                try witness.wait(for: "load::event") { $0.data?["n"]?.int == batch * 40 + 39 }
            }
            try stage.setState("Lunch")
            try witness.wait(for: "agent::state_change") { $0.data?["newState"] == "Lunch" }

            try eventually("the subscriber receives lagged") {
                try subscriber.readAvailable()
                return !subscriber.lags.isEmpty
            }
            let lag = try #require(subscriber.lags.first)
            #expect(lag["fresh"] == true && lag["from"]?.string?.isEmpty == false && lag["to"] == lag["clock"])
            #expect(lag["snapshot"]?["snapshot"]?["state"]?["name"] == "Lunch")
            #expect(lag["clock"]?.string == (try witness.clock))
            // After that it misses nothing.
            try stage.setState("Training")
            let change = try subscriber.wait(for: "agent::state_change") { $0.data?["newState"] == "Training" }
            #expect(change.data?["oldState"] == "Lunch")

            let lagged = try #require(try page.line(containing: "partyline::lagged"))
            #expect(lagged.contains(#""from":"#) && lagged.contains(#""to":"#) && !lagged.contains("fresh"))
            let agent = try JSON(parsing: try #require(try page.line(containing: "agent::update")))
            let name = agent["data"]?["snapshot"]?["state"]?["name"]
            #expect(name == "Lunch" || name == "Training", "not an older agent")
        }
    }
}
