// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Acceptances and broadcasts between pages: snapshots do not show them.
    @Suite("Accepted")
    struct AcceptedTests {
        private func stage() throws -> (Stage, Client, Client, Subscriber) {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: Stage.steady)
            let first = try stage.readyClient()
            let second = try stage.client()
            let witness = try stage.readyWitness(["agent::*", "contact::*", "contact::*::*", "my::*"])
            return (stage, first, second, witness)
        }

        @Test("one of two clients accepts, both broadcast it → contact::accepted once")
        func once() throws {
            let (stage, first, second, witness) = try stage()
            try stage.offerChat("chat")
            try witness.wait(for: "contact::connecting", of: "chat")
            // A broadcast by a client that has not tried to accept.
            try second.send("broadcast", ["event": "contact::accepted", "data": ["contactId": "chat"]])
            // The first attempt fails: the contact is not accepted.
            try stage.control("/faults", ["operation": "AcceptContact", "status": 400])
            #expect(throws: CallFailure.self) { try first.connection.call("acceptContact", ["contactId": "chat"]) }
            _ = try first.connection.call("acceptContact", ["contactId": "chat"])
            // The broadcasts that pages of Streams send then, including one that wrongly thinks it was faster.
            for port in [first, second] {
                for name in ["contact::accepted", "contact::accepted::chat"] {
                    try port.send("broadcast", ["event": .string(name), "data": ["contactId": "chat"]])
                }
            }
            try witness.wait(for: "contact::connected", of: "chat")
            #expect(throws: CallFailure.self) { try second.connection.call("acceptContact", ["contactId": "chat"]) }
            try second.send("broadcast", ["event": "my::end"])
            try witness.wait(for: "my::end")

            let accepted = witness.events.filter { $0.name.hasPrefix("contact::accepted") }
            #expect(accepted.map(\.name) == ["contact::accepted"])
            #expect(accepted.first?.contactId == "chat" && accepted.first?.from == nil)
            #expect(accepted.first?.data?["contact"]?["contactId"] == "chat", "with the contact")
            // A page that never subscribed receives every broadcast, as before, and nothing else.
            try second.wait(for: "my::end")
            let pages = second.received.map(\.event).filter { $0.hasPrefix("contact::") }
            #expect(pages.count { $0 == "contact::accepted" } == 3)
            #expect(pages.count { $0 == "contact::accepted::chat" } == 2 && pages.count == 5)
            #expect(!second.received.contains { $0.clock != nil || $0.time != nil || $0.from != nil })
        }

        @Test("accepted through call → contact::accepted once for each contact")
        func again() throws {
            let (stage, first, _, witness) = try stage()
            for id in ["one", "two"] {
                try stage.offerChat(id)
                try witness.wait(for: "contact::refresh", of: id)
                let answer = try first.connection.request(
                    "call", ["method": "acceptContact", "params": ["contactId": .string(id)], "confirm": true])
                #expect(answer["status"] == "confirmed")
                try witness.read(to: try #require(answer["clock"]?.string))
                let names = Set(witness.events.filter { $0.contactId == id }.map(\.name))
                #expect(names.isSuperset(of: ["contact::accepted", "contact::connected"]))
                try stage.hangUp(id)
                try witness.wait(for: "contact::ended", of: id)
                try stage.clear(id)
                try witness.wait(for: "contact::destroyed", of: id)
            }
            #expect(witness.events.count { $0.name == "contact::accepted" } == 2)
        }

        @Test(
            "other broadcasts reach subscribers with their sender, a view with its contact; names of daemon events do not"
        )
        func broadcasts() throws {
            let (stage, first, _, witness) = try stage()
            try stage.offerChat("chat")
            try witness.wait(for: "contact::connecting", of: "chat")
            let own = try #require(first.received.first?.data?["id"])
            for name in ["contact::init", "contact::destroyed", "contact::connected::chat"] {
                try first.send("broadcast", ["event": .string(name), "data": ["contactId": "forged"]])
            }
            try first.send("broadcast", ["event": "contact::view", "data": ["contactId": "chat"]])
            try first.send("broadcast", ["event": "my::event", "data": [1, "two"]])
            let event = try witness.wait(for: "my::event")
            #expect(event.data == [1, "two"] && event.from.map { .string($0) } == own)
            #expect(event.time?.hasSuffix("Z") == true)
            let view = try #require(witness.events.last { $0.name == "contact::view" })
            #expect(view.from.map { .string($0) } == own && view.contactId == "chat")
            #expect(view.data?["contact"]?["state"]?["type"] == "connecting")
            #expect(!witness.events.contains { $0.contactId == "forged" })
        }
    }
}
