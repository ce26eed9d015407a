// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import partyline

@Suite("Decisions of the demo's agent")
struct SoftphoneRobotTests {
    @Test("offline → becomes available, once")
    func available() {
        var robot = SoftphoneRobot()
        robot.update(Agents.agent("Offline", "offline"), at: 0)
        #expect(robot.due(at: 0.5).isEmpty)
        let actions = robot.due(at: 1)
        #expect(actions.map(\.method) == ["putAgentState"])
        #expect(actions.first?.params["state"]?["agentStateARN"] == "arn:available")
        robot.update(Agents.agent("Offline", "offline"), at: 2)
        #expect(robot.due(at: 9).isEmpty)
    }

    @Test("a call → accept, hold, resume, clear")
    func call() {
        var robot = SoftphoneRobot()
        robot.update(Agents.with(Agents.call("connecting")), at: 0)
        #expect(robot.due(at: 1).isEmpty)
        #expect(robot.due(at: 1.5).map(\.method) == ["acceptContact"])
        robot.update(Agents.with(Agents.call("connected")), at: 2)
        let hold = robot.due(at: 6)
        #expect(hold.map(\.method) == ["holdConnection"])
        #expect(hold.first?.params == ["contactId": "call-1", "connectionId": "c"])
        robot.update(Agents.with(Agents.call("connected", customer: "hold")), at: 6.2)
        #expect(robot.due(at: 7.9).isEmpty)
        #expect(robot.due(at: 8).map(\.method) == ["resumeConnection"])
        robot.update(Agents.with(Agents.call("ended", customer: "disconnected")), at: 10)
        #expect(robot.due(at: 12).map(\.method) == ["clearContact"])
    }

    @Test("an ended call, a chat → no hold")
    func noHold() {
        var robot = SoftphoneRobot()
        robot.update(Agents.with(Agents.call("connected"), Agents.chat("connected")), at: 0)
        robot.update(Agents.with(Agents.call("ended", customer: "disconnected"), Agents.chat("connected")), at: 1)
        #expect(robot.due(at: 20).map(\.method) == ["clearContact"])
    }

    @Test("another program accepted → no accept")
    func accepted() {
        var robot = SoftphoneRobot()
        robot.update(Agents.with(Agents.chat("connecting")), at: 0)
        robot.update(Agents.with(Agents.chat("connected")), at: 1)
        #expect(robot.due(at: 20).isEmpty)
    }

    @Test("speed 10 → every pause is a tenth")
    func speed() {
        var robot = SoftphoneRobot(speed: 10)
        robot.update(Agents.with(Agents.chat("connecting")), at: 0)
        #expect(robot.due(at: 0.2).map(\.summary) == ["accepts the chat with Mary"])
    }
}
