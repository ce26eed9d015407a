import AgentModel
import Testing

@testable import partyline

@Suite("The demo's agent does the right thing at the right time")
struct SoftphoneRobotTests {
    @Test("becomes available, once")
    func available() {
        var robot = SoftphoneRobot()
        robot.see(Agents.agent("Offline", "offline"), at: 0)
        #expect(robot.due(at: 0.5).isEmpty)
        let actions = robot.due(at: 1)
        #expect(actions.map(\.method) == ["putAgentState"])
        #expect(actions.first?.params["state"]?["agentStateARN"] == "arn:available")
        robot.see(Agents.agent("Offline", "offline"), at: 2)
        #expect(robot.due(at: 9).isEmpty)
    }

    @Test("takes a call through hold to its end")
    func call() {
        var robot = SoftphoneRobot()
        robot.see(Agents.with(Agents.call("connecting")), at: 0)
        #expect(robot.due(at: 1).isEmpty)
        #expect(robot.due(at: 1.5).map(\.method) == ["acceptContact"])
        robot.see(Agents.with(Agents.call("connected")), at: 2)
        let hold = robot.due(at: 6)
        #expect(hold.map(\.method) == ["holdConnection"])
        #expect(hold.first?.params == ["contactId": "call-1", "connectionId": "c"])
        robot.see(Agents.with(Agents.call("connected", customer: "hold")), at: 6.2)
        #expect(robot.due(at: 7.9).isEmpty)
        #expect(robot.due(at: 8).map(\.method) == ["resumeConnection"])
        robot.see(Agents.with(Agents.call("ended", customer: "disconnected")), at: 10)
        #expect(robot.due(at: 12).map(\.method) == ["clearContact"])
    }

    @Test("does not hold a call that has ended, nor a chat at all")
    func noHold() {
        var robot = SoftphoneRobot()
        robot.see(Agents.with(Agents.call("connected"), Agents.chat("connected")), at: 0)
        robot.see(Agents.with(Agents.call("ended", customer: "disconnected"), Agents.chat("connected")), at: 1)
        #expect(robot.due(at: 20).map(\.method) == ["clearContact"])
    }

    @Test("does not accept what somebody else accepted")
    func accepted() {
        var robot = SoftphoneRobot()
        robot.see(Agents.with(Agents.chat("connecting")), at: 0)
        robot.see(Agents.with(Agents.chat("connected")), at: 1)
        #expect(robot.due(at: 20).isEmpty)
    }

    @Test("is faster in a faster day")
    func speed() {
        var robot = SoftphoneRobot(speed: 10)
        robot.see(Agents.with(Agents.chat("connecting")), at: 0)
        #expect(robot.due(at: 0.2).map(\.words) == ["accepts the chat with Mary"])
    }
}
