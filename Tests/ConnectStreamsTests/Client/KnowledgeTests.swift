// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import ConnectStreams

@Suite("What the client knows")
struct KnowledgeTests {
    private static let update =
        #"{"event":"agent::update","data":{"snapshot":{"state":{"name":"Busy"},"contacts":[{"contactId":"a","state":{"type":"connected"}}]},"configuration":{"name":"Robin"}},"clock":"e:1","time":"t"}"#

    private static func event(_ name: String, _ data: String) -> String {
        #"{"event":"\#(name)","data":\#(data),"clock":"e:2","time":"t"}"#
    }

    private static func contact(_ id: String, _ state: String) -> String {
        #"{"contactId":"\#(id)","contact":{"contactId":"\#(id)","state":{"type":"\#(state)"}}}"#
    }

    private static func known(after lines: [String]) throws -> Knowledge {
        var knowledge = Knowledge()
        for line in [update] + lines {
            let event = try #require(StreamEvent(try ServerMessage(line: Array(line.utf8))))
            knowledge.note(.event(event))
        }
        return knowledge
    }

    private static func contacts(_ knowledge: Knowledge) -> String {
        (knowledge.agent?.snapshot.contacts ?? []).map { "\($0.contactId ?? "") \($0.stateType?.rawValue ?? "")" }
            .joined(separator: ", ")
    }

    @Test(
        "events change the contacts: there may be no agent::update before them",
        arguments: [
            ([event("contact::init", contact("b", "connecting"))], "a connected, b connecting"),
            ([event("contact::acw", contact("a", "ended"))], "a ended"),
            ([event("contact::destroyed", contact("a", "ended"))], ""),
            // A contact that has gone already is not brought back.
            ([event("contact::ended", contact("b", "connected"))], "a connected"),
            ([event("contact::view", contact("b", "connected"))], "a connected"),
            ([event("contact::init", "{}")], "a connected"),
            ([event("contact::init", #"{"contactId":"b"}"#)], "a connected"),
        ])
    func contacts(lines: [String], expected: String) throws {
        #expect(Self.contacts(try Self.known(after: lines)) == expected)
    }

    @Test("events change the agent's states, and leave the configuration")
    func states() throws {
        let data =
            #"{"oldState":"Busy","newState":"Lunch","agent":{"name":"Robin","state":{"name":"Lunch"},"nextState":null}}"#
        let agent = try Self.known(after: [Self.event("agent::state_change", data)]).agent
        #expect(agent?.snapshot.state?.name == "Lunch" && agent?.configuration.name == "Robin")
    }

    @Test("parts of the seat end: an empty view, a websocket that is open again")
    func seat() throws {
        let view = Self.event("contact::view", #"{"contactId":"a"}"#)
        #expect(try Self.known(after: [view]).seat["contactView"]?["data"]?["contactId"] == "a")
        for empty in [#"{"contactId":""}"#, #"{"contactId":null}"#, "{}"] {
            #expect(try Self.known(after: [view, Self.event("contact::view", empty)]).seat.isEmpty)
        }
        let failure = Self.event("webSocket::init_failure", "{}")
        #expect(try Self.known(after: [failure]).seat["webSocketFailure"] != nil)
        #expect(try Self.known(after: [failure, Self.event("webSocket::connection_gain", "{}")]).seat.isEmpty)
    }

    @Test("a fresh start without an agent forgets it; a resumption keeps it; terminated forgets all")
    func starts() throws {
        var knowledge = try Self.known(after: [])
        knowledge.note(.subscribed(Subscribed(json: ["clock": "e:1", "fresh": false])))
        #expect(knowledge.agent != nil && knowledge.isLive)
        knowledge.note(.gone(.timeout))
        #expect(!knowledge.isLive && knowledge.agent != nil)
        knowledge.note(.subscribed(Subscribed(json: ["clock": "f:1", "fresh": true, "seat": ["mute": ["data": [:]]]])))
        #expect(knowledge.agent == nil && knowledge.seat["mute"] != nil)
        knowledge.refresh(["agent": ["snapshot": ["state": ["name": "Lunch"]]]])
        #expect(knowledge.agent?.snapshot.state?.name == "Lunch")
        let ended = #"{"event":"terminated","clock":"f:2","time":"t"}"#
        knowledge.note(.event(try #require(StreamEvent(try ServerMessage(line: Array(ended.utf8))))))
        // The devices are those that they were.
        #expect(knowledge.agent == nil && knowledge.seat["mute"] != nil)
    }
}
