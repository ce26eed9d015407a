import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Programs of the same user that do what no program should: they get their verdict, the others get everything.
    @Suite("Hostile ports")
    struct HostileTests {
        private static let batches = 50
        private static let perBatch = 40
        private static let logBytes = 1 << 20

        @Test(
            "one never reads, one reads a byte at a time, one sends garbage, one floods, one comes and goes at once",
            .enabled(
                if: FileManager.default.isExecutableFile(atPath: Crowd.perl.path), "there is no perl to play a part"))
        func sisters() throws {
            let stage = try Stage()
            try stage.startLonelyDaemon(["PARTYLINE_LIMITS_EVENT_LOG_BYTES": String(Self.logBytes)])
            let talker = try Subscriber(stage.socket, ["nothing::*"])
            let pages = try (0..<4).map { _ in try stage.client() }
            let subscribers = try (0..<4).map { _ in try Subscriber(stage.socket, ["load::*"]) }
            try pages[0].waitForPorts(1 + pages.count + subscribers.count)
            let descriptors = geteuid() == 0 ? try stage.openDescriptors() : 0
            let memory = try stage.residentKiB()

            var crowd: Crowd? = try Crowd(stage)
            for batch in 0..<Self.batches {
                for number in 0..<Self.perBatch { try say(batch * Self.perBatch + number, by: talker) }
                try crowd?.act(batch)
                let last = JSON.int((batch + 1) * Self.perBatch - 1)
                for page in pages { try page.wait(for: "load::event") { $0["n"] == last } }
                for port in subscribers { try port.wait(for: "load::event") { $0.data?["n"] == last } }
                // What waits for those who do not read has a bound, and so has the log.
                #expect(try stage.residentKiB() < memory + 48 << 10)
            }
            try crowd?.expectVerdicts()
            // Whoever is of the same user and behaves comes in meanwhile.
            let status = try Program.run("partyline", ["status", "--socket", stage.socket], folder: stage.folder)
            // 5: nobody is signed in here.
            #expect(status.status == 5, "\(status.errors)")
            let churner = try #require(crowd?.churner.pid)
            try expectRefusal(stage, churner, askedBy: pages[0])
            try expectJournal(stage)
            crowd = nil

            let numbers = (0..<Self.batches * Self.perBatch).map { JSON.int($0) }
            for page in pages { #expect(page.received.filter(isLoad).map { $0.data?["n"] } == numbers) }
            for port in subscribers { #expect(port.events.map { $0.data?["n"] } == numbers && port.lags == []) }
            #expect(pages.allSatisfy { !$0.received.map(\.event).contains(EventName.lagged) })
            try pages[0].waitForPorts(1 + pages.count + subscribers.count)
            if geteuid() == 0 {
                try eventually("no descriptor stays open") { try stage.openDescriptors() == descriptors }
            }
        }

        private func say(_ number: Int, by talker: Subscriber) throws {
            let data: JSON = ["n": .int(number), "pad": .string(String(repeating: "x", count: 1000))]
            try talker.connection.send("broadcast", ["event": "load::event", "data": data])
        }

        private func isLoad(_ message: ServerMessage) -> Bool { message.event == "load::event" }

        /// The one that comes and goes is refused, sooner or later: on its own it has all of the daemon.
        private func expectRefusal(_ stage: Stage, _ churner: Int32, askedBy port: Client) throws {
            func counters() throws -> JSON? { try port.connection.request("getStatus")["counters"] }
            let before = try counters()?["connections"]?.int ?? 0
            let end = ContinuousClock.now + .seconds(8)
            var now: JSON?
            repeat {
                usleep(50_000)
                now = try counters()
            } while now?["refusedConnections"] == 0 && ContinuousClock.now < end
            // Where even that is slow, there is nothing to refuse.
            let isSlow = (now?["connections"]?.int ?? 0) - before < 8 * 500
            #expect(now?["refusedConnections"]?.int ?? 0 > 0 || isSlow)
            for line in stage.complaints where line.contains(Self.refusal) {
                #expect(line.contains("pid=\(churner) "), "\(line)")
            }
        }

        private static let refusal = "its new connections are refused"

        /// A line for each of the others, with who it was. None for what the good ones do.
        private func expectJournal(_ stage: Stage) throws {
            let words = [
                "a port is too slow", "a port is too slow", "a port is too slow", "100 bad lines in a row",
                "(limits.requestsPerSecond)",
            ]
            try eventually("each has its line in the journal") {
                let complaints = stage.complaints
                return words.allSatisfy { word in
                    complaints.count { $0.contains(word) } >= words.count { $0 == word }
                }
            }
            for line in stage.complaints where !line.contains(Self.refusal) {
                #expect(line.contains("pid=\(getpid()) ") && words.contains { line.contains($0) }, "\(line)")
            }
        }

        @Test("a port that asks and asks and never reads its answers is told why it is closed; its sister goes on")
        func hoarder() throws {
            let stage = try Stage()
            try stage.startLonelyDaemon(["PARTYLINE_LIMITS_REPLY_BYTES": "65536"])
            let sister = try stage.client()
            let hoarder = try RawSocket(path: stage.socket)
            let request = ServerLine.encode("partyline::request", ["requestId": 1, "method": "describe"])
            // All within what may be asked at once, so that it is the answers that are too many.
            try hoarder.write(Array(repeatElement(request, count: 300).joined()))
            // Who reads at once is not slow: it does not, until the daemon has had enough.
            try eventually("its answers are too many") { stage.complaints.count == 1 }
            let bye = try #require(try hoarder.line(containing: #"{"event":"partyline::bye""#))
            #expect(bye.contains(#""reason":"slow""#) && bye.contains("limits.replyBytes"), "\(bye)")
            #expect(try hoarder.line() == nil)
            #expect(try sister.connection.request("describe")["protocol"] == 1)
            #expect(stage.complaints.count == 1 && stage.complaints[0].contains("limits.replyBytes"))
        }

        @Test(
            "a port that the log has left behind is told from where to where, then what is still there; a page gets the agent"
        )
        func lagging() throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(
                environment: Stage.steady.merging(["PARTYLINE_LIMITS_EVENT_LOG_BYTES": "65536"]) { $1 })
            let witness = try stage.readyWitness(["agent::*", "load::*"])
            let page = try RawSocket(path: stage.socket)
            let subscriber = try Subscriber(stage.socket, ["agent::*", "load::*"])
            // More than the log, the socket's buffers and the daemon's hold together.
            for batch in 0..<40 {
                for number in 0..<40 { try say(batch * 40 + number, by: witness) }
                try witness.wait(for: "load::event") { $0.data?["n"]?.int == batch * 40 + 39 }
            }
            try stage.setState("Lunch")
            try witness.wait(for: "agent::state_change") { $0.data?["newState"] == "Lunch" }

            try eventually("the subscriber is told") {
                try subscriber.takeAvailable()
                return !subscriber.lags.isEmpty
            }
            let lag = try #require(subscriber.lags.first)
            #expect(lag["fresh"] == true && lag["from"]?.string?.isEmpty == false && lag["to"] == lag["clock"])
            #expect(lag["snapshot"]?["snapshot"]?["state"]?["name"] == "Lunch")
            #expect(lag["clock"]?.string == (try witness.clock))
            // From here on it has missed nothing.
            try stage.setState("Training")
            let change = try subscriber.wait(for: "agent::state_change") { $0.data?["newState"] == "Training" }
            #expect(change.data?["oldState"] == "Lunch")

            let told = try #require(try page.line(containing: "partyline::lagged"))
            #expect(told.contains(#""from":"#) && told.contains(#""to":"#) && !told.contains("fresh"))
            let agent = try JSON(parsing: try #require(try page.line(containing: "agent::update")))
            let name = agent["data"]?["snapshot"]?["state"]?["name"]
            #expect(name == "Lunch" || name == "Training", "the newest, and no older one")
        }
    }
}
