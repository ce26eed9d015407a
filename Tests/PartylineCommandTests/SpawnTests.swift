import AgentModel
import ConnectStreams
import Glibc
import Testing

@testable import partyline

@Suite("Programs that are started")
struct SpawnTests {
    @Test("a command reads the event, and finds it in its environment, with nothing of an outer hook's")
    func input() throws {
        let outer = ["PATH": "/usr/bin:/bin", "PARTYLINE_CONTACT_ID": "outer", "HOME": "/h"]
        let environment = HookEnvironment(inherited: outer, socket: "/s")
        let event = try Lines.event("crm::pop", ["n": 1], clock: "e:2", time: nil)
        let names = "$PARTYLINE_EVENT|$PARTYLINE_CLOCK|$PARTYLINE_SOCKET|${PARTYLINE_CONTACT_ID-none}|$HOME"
        let script = #"read -r line; echo "$line|"# + names + "\""
        let printed = try output(of: ["sh", "-c", script], environment.variables(event), event.line)
        #expect(printed == #"{"event":"crm::pop","data":{"n":1},"clock":"e:2"}|crm::pop|e:2|/s|none|/h"# + "\n")
    }

    @Test("input larger than any pipe waits for nobody")
    func large() throws {
        let bytes = [UInt8](repeating: 0x78, count: 1 << 20)
        #expect(try output(of: ["wc", "-c"], ["PATH": "/usr/bin:/bin"], bytes) == "\(bytes.count + 1)\n")
    }

    @Test("a program that is not there is a reason")
    func missing() {
        let failure = #expect(throws: Spawn.Failure.self) {
            try Spawn(command: ["/nonexistent/program"], environment: [:]).start()
        }
        #expect(failure?.reason == "No such file or directory")
    }

    @Test("what a command starts is ended with it")
    func group() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let spawn = Spawn(
            command: ["sh", "-c", "sleep 600 & echo; wait"], environment: ["PATH": "/usr/bin:/bin"], output: ends[1])
        let child = try spawn.start()
        close(ends[1])
        var byte: UInt8 = 0
        #expect(read(ends[0], &byte, 1) == 1)
        #expect(kill(-child, SIGKILL) == 0)
        var status: Int32 = 0
        #expect(waitpid(child, &status, 0) == child)
        #expect(HookRunner.outcome(status) == .signalled(SIGKILL))
        // The pipe ends only when nobody has its other end any more: not the shell, not what it started.
        #expect(read(ends[0], &byte, 1) == 0)
        close(ends[0])
    }

    private static let ends: [(Int32, HookOutcome)] = [(0, .exited(0)), (0x300, .exited(3)), (15, .signalled(15))]

    @Test("how a program ended", arguments: ends)
    func outcome(status: Int32, expected: HookOutcome) { #expect(HookRunner.outcome(status) == expected) }

    private func output(of command: [String], _ environment: [String: String], _ input: [UInt8]) throws -> String {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let file = try #require(MemoryFile.containing(input + [0x0A]))
        let child = try Spawn(command: command, environment: environment, input: file, output: ends[1]).start()
        close(file)
        close(ends[1])
        var text: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(ends[0], &room, room.count)
            guard count > 0 else { break }
            text += room[..<count]
        }
        close(ends[0])
        var status: Int32 = 0
        #expect(waitpid(child, &status, 0) == child)
        #expect(HookRunner.outcome(status) == .exited(0))
        return String(decoding: text, as: UTF8.self)
    }
}
