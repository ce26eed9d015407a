// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Testing

@testable import partyline

@Suite("Milestones of the demo")
struct DemoTallyTests {
    @Test("a complete day → nothing is missing")
    func whole() throws {
        var tally = DemoTally()
        #expect(tally.missing == DemoTally.Milestone.allCases)
        for contact in [
            Agents.call("connecting"), Agents.call("connected"), Agents.call("connected", customer: "hold"),
            Agents.call("connected"), Agents.call("ended", customer: "disconnected"),
        ] { tally.record(Agents.with(contact)) }
        tally.record(Agents.agent())
        tally.record(Agents.with(Agents.chat("connected")))
        for line in [
            #"{"event":"webSocket::connection_lost"}"#, #"{"event":"webSocket::connection_gain"}"#,
            #"{"event":"webSocket::all_message","data":{"topic":"aws/chat","content":{"Type":"MESSAGE","Content":"x"}}}"#,
        ] { tally.record(try ServerMessage(line: Array(line.utf8))) }
        #expect(tally.missing == [.chatCleared])
        tally.record(Agents.agent())
        #expect(tally.missing.isEmpty)
    }

    @Test("a missed call → callConnected is missing")
    func missed() {
        var tally = DemoTally()
        tally.record(Agents.with(Agents.call("connecting")))
        tally.record(Agents.agent("MissedCallAgent", "error", Agents.call("missed")))
        #expect(tally.missing.contains(.callConnected))
        #expect(!tally.missing.contains(.available))
    }

    @Test("the simulator's first line")
    func ready() throws {
        #expect(try SimulatorReady.read(#"{"base":"https://x""#) == nil)
        let line = #"{"base":"https://x","endpoint":"e","control":"http://c","login":"l"}"# + "\n"
        #expect(try SimulatorReady.read(line) == SimulatorReady(base: "https://x", control: "http://c"))
        #expect(throws: CommandFailure.self) { try SimulatorReady.read("Segmentation fault\n") }
    }
}
