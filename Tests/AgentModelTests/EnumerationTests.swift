// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AgentModel

@Suite("Streams' enumerations")
struct EnumerationTests {
    private static func object(_ member: String, _ value: JSON) -> JSONObject { JSONObject([(member, value)]) }

    @Test(
        "the type of an agent's state",
        arguments: [
            ("init", .initial), ("routable", .routable), ("not_routable", .notRoutable), ("offline", .offline),
            ("system", .system), ("error", .error),
        ] as [(String, AgentStateType)])
    func agentStateType(word: String, expected: AgentStateType) {
        #expect(AgentState(json: Self.object("type", .string(word))).type == expected)
    }

    @Test(
        "the type of a contact, and whether it is a telephone call",
        arguments: [
            ("voice", .voice, true), ("queue_callback", .queueCallback, true), ("chat", .chat, false),
            ("task", .task, false), ("email", .email, false),
        ] as [(String, ContactType, Bool)])
    func contactType(word: String, expected: ContactType, isVoice: Bool) {
        let contact = ContactData(json: Self.object("type", .string(word)))
        #expect(contact.type == expected && contact.isVoice == isVoice)
    }

    @Test(
        "the state of a contact, and whether it still needs the agent",
        arguments: [
            ("init", .initial, false), ("incoming", .incoming, true), ("pending", .pending, true),
            ("connecting", .connecting, true), ("connected", .connected, true), ("paused", .paused, true),
            ("ended", .ended, false), ("missed", .missed, false), ("rejected", .rejected, false),
            ("error", .error, false),
        ] as [(String, ContactStateType, Bool)])
    func contactStateType(word: String, expected: ContactStateType, isActive: Bool) {
        let contact = ContactData(json: Self.object("state", ["type": .string(word)]))
        #expect(contact.stateType == expected && contact.stateType?.isActive == isActive)
        #expect(contact.isOver == (!isActive && word != "init"))
    }

    @Test(
        "the type of a leg, and whether it is an agent's",
        arguments: [
            ("agent", .agent, true), ("inbound", .inbound, false), ("outbound", .outbound, false),
            ("monitoring", .monitoring, true),
        ] as [(String, ConnectionType, Bool)])
    func connectionType(word: String, expected: ConnectionType, isAgentSide: Bool) {
        let leg = ConnectionData(json: Self.object("type", .string(word)))
        #expect(leg.type == expected && leg.isAgentSide == isAgentSide)
    }

    @Test(
        "the state of a leg",
        arguments: [
            ("init", .initial), ("connecting", .connecting), ("connected", .connected), ("hold", .hold),
            ("disconnected", .disconnected), ("silent_monitor", .silentMonitor), ("barge", .barge),
        ] as [(String, ConnectionStateType)])
    func connectionStateType(word: String, expected: ConnectionStateType) {
        #expect(ConnectionData(json: Self.object("state", ["type": .string(word)])).stateType == expected)
    }

    @Test(
        "a channel of the routing profile",
        arguments: [("VOICE", .voice), ("CHAT", .chat), ("TASK", .task), ("EMAIL", .email)] as [(String, ChannelType)])
    func channelType(word: String, expected: ChannelType) {
        let map = JSON.object(Self.object(word, 3))
        let profile = RoutingProfile(json: Self.object("channelConcurrencyMap", map))
        #expect(profile.channelConcurrency == [expected: 3])
    }

    @Test(
        "how a supervisor takes part",
        arguments: [("SILENT_MONITOR", .silentMonitor), ("BARGE", .barge)] as [(String, MonitoringMode)])
    func monitoringMode(word: String, expected: MonitoringMode) {
        #expect(ConnectionData(json: Self.object("monitorStatus", .string(word))).monitorStatus == expected)
    }

    @Test("a word that Streams does not know is kept")
    func unknown() {
        #expect(ContactData(json: Self.object("type", "hologram")).type?.description == "hologram")
        #expect(ContactData(json: Self.object("type", 7)).type == nil)
    }
}
