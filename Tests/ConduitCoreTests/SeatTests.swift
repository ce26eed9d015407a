// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The seat")
struct SeatTests {
    private func seat(_ harness: ConduitHarness, _ id: PortID) throws -> JSON {
        harness.ask(id, "getSeat")
        let answer = try JSON(parsing: try #require(harness.read(id).last))["data"]?["data"]?["seat"]
        return try #require(answer)
    }

    private static let time = "2025-01-01T12:00:00.000Z"

    @Test(
        "what a page confirms is kept with its time and the program",
        arguments: [
            ("mute", "agent::mute_toggle", ["muted": true]),
            ("speaker", "configuration::speaker_device_changed", ["deviceId": "s"]),
            ("microphone", "configuration::microphone_device_changed", ["deviceId": "m"]),
            ("ringer", "configuration::ringer_device_changed", ["deviceId": "r"]),
            ("camera", "configuration::camera_device_changed", ["deviceId": "c"]),
            ("backgroundBlur", "configuration::background_blur_changed", ["isBackgroundBlurEnabled": true]),
            ("softphoneError", "agent::softphone_error", ["errorType": "x"]),
            ("contactView", "contact::view", ["contactId": "a"]),
        ] as [(String, String, JSON)])
    func parts(part: String, event: String, data: JSON) throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.broadcast(one, event, data)
        let expected: JSON = [
            "event": .string(event), "data": data, "time": .string(Self.time),
            "by": ["port": "1735732800000-n1", "program": "test"],
        ]
        #expect(try seat(harness, one) == .object(JSONObject([(part, expected)])))
        harness.subscribe(one, "nothing")
        let answer = try JSON(parsing: try #require(harness.read(one).last))["data"]?["data"]
        #expect(answer?["seat"]?[part] == expected)
        let other = harness.port(2)
        harness.subscribe(other, event)
        let lines = harness.read(other)
        let line = try JSON(parsing: try #require(lines.last))
        #expect(lines.count == 2 && line["event"]?.string == event && line["existing"] == true)
        #expect(line["from"] == "1735732800000-n1" && line["clock"] != nil && line["time"]?.string == Self.time)
        let presence = harness.port(3, role: .presence)
        harness.subscribe(presence, "*")
        #expect(try JSON(parsing: try #require(harness.read(presence).first))["data"]?["data"]?["seat"] == nil)
    }

    @Test("a request for a state, other events and large data are no state; a later one replaces an earlier one")
    func others() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        for event in ["mute", "configuration::set_speaker_device", "agent::mute_toggle::x"] {
            harness.broadcast(one, event, ["deviceId": "x"])
        }
        harness.broadcast(one, "agent::softphone_error", ["text": .string(String(repeating: "x", count: 3_000))])
        #expect(try seat(harness, one) == [:])
        harness.broadcast(one, "agent::mute_toggle", ["muted": true])
        harness.broadcast(one, "agent::mute_toggle", ["muted": false])
        #expect(try seat(harness, one)["mute"]?["data"] == ["muted": false])
    }

    @Test("a contact in view ends with the connection of its page, an empty view, and nobody else's")
    func view() throws {
        let harness = ConduitHarness()
        harness.updateAgent("a=connected")
        let (page, other, one) = (harness.port(1), harness.port(2), harness.port(3))
        harness.subscribe(one, "contact::view")
        harness.broadcast(page, "contact::view", ["contactId": "a"])
        _ = (harness.read(one), harness.read(page))
        harness.handle(.closed(other))
        #expect(try seat(harness, one)["contactView"] != nil)
        let later = harness.port(4)
        harness.subscribe(later, "contact::view")
        let line = try JSON(parsing: try #require(harness.read(later).last))
        #expect(line["data"]?["contact"]?["contactId"] == "a")
        harness.handle(.closed(page))
        let end = #"{"event":"contact::view","data":{"contactId":null,"contact":null},"clock":"e1:"#
        #expect(harness.read(one).last?.hasPrefix(end) == true)
        #expect(try seat(harness, one) == [:])
        harness.broadcast(one, "contact::view", ["contactId": "a"])
        harness.broadcast(one, "contact::view", ["contactId": ""])
        #expect(try seat(harness, one) == [:])
    }

    @Test("a websocket that could not be opened, until it is open")
    func webSocket() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.handle(.publish(EventName.webSocketInitFailure, nil))
        #expect(try seat(harness, one)["webSocketFailure"]?["by"] == nil)
        let two = harness.port(2)
        harness.subscribe(two, "webSocket::*")
        #expect(harness.briefly(two).last?.hasPrefix("webSocket::init_failure") == true)
        harness.handle(.publish(EventName.webSocketConnectionGain, nil))
        #expect(try seat(harness, one) == [:])
    }

    @Test("a restart: devices, mute and the last error are stale until they are said again; the view is gone, and told")
    func restart() throws {
        let first = ConduitHarness.run("e1")
        first.updateAgent("a=connected")
        let page = first.port(1)
        first.broadcast(page, "agent::mute_toggle", ["muted": true])
        first.broadcast(page, "configuration::speaker_device_changed", ["deviceId": "s"])
        first.broadcast(page, "contact::view", ["contactId": "a"])
        first.handle(.publish(EventName.webSocketInitFailure, nil))
        let clock = first.conduit.clock
        let second = ConduitHarness.run("e2", after: first.state())
        let one = second.port(1)
        second.subscribe(one, "contact::view", since: clock)
        #expect(second.briefly(one).last?.hasPrefix("contact::view e2:") == true)
        let stream = second.open(2)
        #expect(!second.briefly(stream).contains { $0.hasPrefix("contact::view") })
        let kept = try seat(second, one)
        #expect(kept.object?.members.map(\.name) == ["mute", "speaker"])
        #expect(kept["mute"]?["stale"] == true && kept["mute"]?["time"]?.string == Self.time)
        second.broadcast(one, "agent::mute_toggle", ["muted": true])
        #expect(try seat(second, one)["mute"]?["stale"] == nil)
        let third = ConduitHarness.run("e3", after: second.state(after: first.state()))
        let two = third.port(1)
        #expect(try seat(third, two)["speaker"]?["stale"] == true && seat(third, two)["contactView"] == nil)
        third.subscribe(two, "contact::view", since: second.conduit.clock)
        #expect(third.briefly(two) == ["partyline::response"], "the end was told to the former run's log")
    }

    @Test("an unchanged seat is not stored with every snapshot")
    func journal() {
        let harness = ConduitHarness.run("e1")
        let one = harness.port(1)
        harness.updateAgent("a=connected")
        harness.broadcast(one, "agent::mute_toggle", ["muted": true])
        harness.forget()
        for _ in 1...3 { harness.updateAgent("a=connected") }
        #expect(harness.keptSince.count == 3 && harness.keptSince.allSatisfy { $0.memory == nil })
        harness.broadcast(one, "agent::mute_toggle", ["muted": false])
        #expect(harness.keptSince.last?.memory?["seat"]?["mute"]?["data"] == ["muted": false])
    }

    @Test("a logout forgets it, and tells the end of the view")
    func logout() throws {
        let harness = ConduitHarness.run("e1")
        let one = harness.port(1)
        let watcher = harness.port(2)
        harness.subscribe(watcher, "contact::view", "terminated")
        harness.broadcast(one, "agent::mute_toggle", ["muted": true])
        harness.broadcast(one, "contact::view", ["contactId": "a"])
        _ = harness.read(watcher)
        harness.handle(.endSession)
        #expect(harness.briefly(watcher).map { $0.prefix { $0 != " " } } == ["contact::view", "terminated"])
        #expect(try seat(harness, one) == [:])
        #expect(harness.state().memory["seat"] == nil)
    }

    @Test("the skew of the service's clock is in events and for presence")
    func skew() throws {
        let harness = ConduitHarness()
        let (one, presence) = (harness.port(1), harness.port(2, role: .presence))
        harness.subscribe(one, "*")
        harness.subscribe(presence, "agent::init", "agent::update")
        var agent = AgentSketch("a=connected").agent
        agent.snapshot.json["skew"] = -7
        harness.handle(.agent(agent))
        let lines = try harness.read(one).map { try JSON(parsing: $0) }
        let contact = lines.first { $0["event"] == "contact::connected" }
        let first = lines.first { $0["event"] == "agent::init" }
        #expect(contact?["data"]?["skew"] == -7 && first?["data"]?["agent"]?["skew"] == -7)
        let narrow = try harness.read(presence).map { try JSON(parsing: $0) }
        #expect(narrow.first { $0["event"] == "agent::update" }?["data"]?["snapshot"]?["skew"] == -7)
    }
}
