// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    @Suite("The seat")
    struct SeatTests {
        private func partyline(_ stage: Stage, _ arguments: String...) throws -> (status: Int32, text: String) {
            let end = try Program.run("partyline", ["--socket", stage.socket] + arguments, folder: stage.folder)
            return (end.status, end.printed + end.errors)
        }

        /// A client that subscribes to all contact events, and hears of the contacts that are there already.
        private func latecomer(_ stage: Stage) throws -> Client {
            let client = try stage.client()
            _ = try client.connection.request("subscribe", ["events": ["contact::*"], "existing": true])
            return client
        }

        @Test("a program that comes in the middle of a call hears of it; the caller's program is named")
        func middle() throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: Stage.steady)
            let port = try stage.readyClient()
            let witness = try stage.readyWitness()
            try stage.offerChat("a")
            try witness.wait(for: "contact::connecting", of: "a")
            _ = try port.connection.request("call", ["method": "acceptContact", "params": ["contactId": "a"]])
            let connected = try witness.wait(for: "contact::connected", of: "a")
            #expect(connected.by?.program?.isEmpty == false && connected.by?.port != nil)

            let late = try latecomer(stage)
            for name in ["contact::init", "contact::connected"] {
                let line = try late.wait(for: name) { $0["contactId"] == "a" }
                #expect(String(decoding: line.line, as: UTF8.self).hasSuffix(#","existing":true}"#))
            }
            try stage.hangUp("a")
            let over = try late.wait(for: "contact::acw") { $0["contactId"] == "a" }
            #expect(!String(decoding: over.line, as: UTF8.self).contains("existing"))
            let wait = try partyline(stage, "wait", "contact::acw", "--existing", "--timeout", "10", "--json")
            #expect(wait.status == 0 && wait.text.contains(#""existing":true"#), "\(wait)")
            try stage.clear("a")
            try late.wait(for: "contact::destroyed") { $0["contactId"] == "a" }
        }

        @Test("a contact in view ends with its page; mute and devices outlive kill -9, stale until they are said again")
        func states() throws {
            let stage = try Stage()
            try stage.startBoth()
            _ = try stage.readyClient()
            let witness = try stage.readyWitness()
            try stage.offerChat("a")
            try witness.wait(for: "contact::connecting", of: "a")
            let one = try Subscriber(stage.socket, ["contact::view", "agent::mute_toggle"])
            let page = try stage.client()
            try page.send("broadcast", ["event": "contact::view", "data": ["contactId": "a"]])
            try one.wait(for: "contact::view") { $0.data?["contact"]?["contactId"] == "a" }
            try page.send("close")
            try one.wait(for: "contact::view") { $0.data?["contactId"] == .null }

            let mute = try partyline(stage, "broadcast", "agent::mute_toggle", #"{"muted":true}"#)
            #expect(mute.status == 0, "\(mute)")
            try one.wait(for: "agent::mute_toggle")
            #expect(try partyline(stage, "get", "seat.mute.data.muted").text == "true\n")
            try stage.endDaemon(SIGKILL)
            try stage.startDaemon()
            let stale = try partyline(stage, "get", "seat.mute.stale")
            #expect(stale.text.hasPrefix("true\n") && stale.text.contains("mute was not confirmed"), "\(stale)")
            let late = try Subscriber(stage.socket, ["agent::mute_toggle"])
            try late.wait(for: "agent::mute_toggle") { $0.isExisting && $0.isStale }
            _ = try partyline(stage, "broadcast", "agent::mute_toggle", #"{"muted":false}"#)
            try late.wait(for: "agent::mute_toggle") { !$0.isExisting }
            #expect(try partyline(stage, "get", "seat.mute.stale").status != 0)
        }

        @Test(
            "the link: down at once when the service refuses, stale in every answer; a silent loss is degraded in time")
        func link() throws {
            let stage = try Stage()
            try stage.startBoth()
            let port = try stage.readyClient()
            let events = try Subscriber(stage.socket, ["partyline::link"])
            try events.wait(for: EventName.link) { $0.data?["state"] == "up" && $0.data?["stale"] == false }
            try stage.control("/listener/down", ["seconds": 2])
            try events.wait(for: EventName.link) { $0.data?["stale"] == true }
            let late = try Subscriber(stage.socket, ["nothing"])
            #expect(late.answer.isStale)
            #expect(try port.connection.request("getAgent")["stale"] == true)
            try events.wait(for: EventName.link, seconds: 20) { $0.data?["state"] == "up" }

            // From now on the service swallows everything, and closes no connection.
            stage.simulator?.kill(SIGSTOP)
            try events.wait(for: EventName.link, seconds: 20) { $0.data?["state"] == "degraded" }
            stage.simulator?.kill(SIGCONT)
            try events.wait(for: EventName.link, seconds: 20) { $0.data?["state"] == "up" }
        }

        @Test(
            "two programs change two settings at once, and both hold; fifty that ask for the quick connects share one request"
        )
        func shared() throws {
            let stage = try Stage()
            try stage.startBoth()
            _ = try stage.readyClient()
            let ports = try (0..<50).map { _ in try stage.client() }
            let patches: [JSON] = [["softphoneAutoAccept": true], ["agentPreferences": ["LANGUAGE": "de_DE"]]]
            for (port, patch) in zip(ports, patches) {
                try port.send(
                    EventName.request,
                    ["requestId": 7, "method": "updateSettings", "params": ["patch": patch]])
            }
            for port in ports.prefix(2) {
                let answer = try port.wait(for: EventName.response) { $0["requestId"] == 7 }
                #expect(answer.data?["err"] == .null, "\(answer)")
            }
            try ports[0].agent {
                $0.configuration.json["softphoneAutoAccept"] == true
                    && $0.configuration.json["agentPreferences"]?["LANGUAGE"] == "de_DE"
            }

            let before = try stage.count(of: "GetEndpoints")
            try stage.control("/faults", ["operation": "GetEndpoints", "delaySeconds": 0.5])
            for port in ports {
                try port.send(EventName.request, ["requestId": 8, "method": "getQuickConnects"])
            }
            for port in ports {
                let answer = try port.wait(for: EventName.response) { $0["requestId"] == 8 }
                #expect((answer.data?["data"]?["endpoints"]?.array?.count ?? 0) > 0)
            }
            #expect(try stage.count(of: "GetEndpoints") - before == 1)
        }

        @Test(
            "clearContact right after destroyContact waits until the service has ended the contact; api_request does not"
        )
        func clears() throws {
            let stage = try Stage()
            try stage.startBoth()
            let port = try stage.readyClient()
            let witness = try stage.readyWitness()
            for id in ["a", "b"] {
                try stage.offerChat(id)
                try witness.wait(for: "contact::connecting", of: id)
                try stage.accept(id)
                try witness.wait(for: "contact::connected", of: id)
                let contact: JSON = ["contactId": .string(id)]
                _ = try port.connection.request("call", ["method": "destroyContact", "params": contact])
                if id == "a" {
                    let early = try partyline(stage, "call", "--plain", "clearContact", contact.text)
                    #expect(early.status != 0 && early.text.contains("InvalidStateException"), "\(early)")
                }
                _ = try port.connection.request("call", ["method": "clearContact", "params": contact, "confirm": true])
                try witness.wait(for: "contact::destroyed", of: id)
            }
        }

        @Test("ports that come and go; the last entries of the log")
        func ports() throws {
            let stage = try Stage()
            try stage.startDaemonWithoutSession()
            let events = try Subscriber(stage.socket, ["partyline::ports"])
            let client = try stage.client()
            try events.wait(for: EventName.ports) { $0.data?["joined"]?["role"] == "admin" }
            try client.send("close")
            try events.wait(for: EventName.ports) { $0.data?["left"]?["id"] != nil }
            let logs = try partyline(stage, "logs", "-n", "3", "--level", "debug")
            #expect(logs.status == 0 && logs.text.split(separator: "\n").count == 3, "\(logs)")
            #expect(try partyline(stage, "logs", "-n", "0").status == 2)
        }
    }
}
