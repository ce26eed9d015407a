// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Glibc
import SystemPackage
import Testing

@testable import partyline

@Suite("Started programs")
struct SpawnTests {
    @Test("a command gets the event on standard input and in its environment, without variables of an outer hook")
    func input() async throws {
        let event = try Lines.event("crm::pop", ["n": 1], clock: "e:2", time: nil)
        var variables = HookRunner.variables(event, socket: "/s")
        #expect(variables["PARTYLINE_CONTACT_ID"] == .some(nil))
        #expect(variables["PARTYLINE_BY"] == .some(nil) && variables["PARTYLINE_EXISTING"] == .some(nil))
        variables["HOME"] = .some(nil)
        let names = "$PARTYLINE_EVENT|$PARTYLINE_CLOCK|$PARTYLINE_SOCKET|${PARTYLINE_CONTACT_ID-none}|${HOME-none}"
        let script = #"read -r line; echo "$line|"# + names + #"|${PATH:+ours}""#
        let result = try await result(of: ["sh", "-c", script], variables, event.line)
        #expect(
            result.text == #"{"event":"crm::pop","data":{"n":1},"clock":"e:2"}|crm::pop|e:2|/s|none|none|ours"# + "\n")
    }

    @Test("a command knows what is there already, and which program caused the event")
    func marks() throws {
        let existing = HookRunner.variables(try Lines.existing("init", "c"), socket: "/s")
        #expect(existing["PARTYLINE_EXISTING"] == "true" && existing["PARTYLINE_TIME"] == .some(nil))
        #expect(existing["PARTYLINE_CLOCK"] == "e:0")
        let line = #"{"event":"agent::acw","data":{},"by":{"port":"1-2","program":"crm"},"clock":"e:1"}"#
        #expect(HookRunner.variables(try Lines.parsed(line), socket: "/s")["PARTYLINE_BY"] == "crm")
    }

    @Test("NUL in a variable, as in a broadcast's name → the variable ends there")
    func terminator() async throws {
        #expect(try await result(of: ["sh", "-c", #"echo "$X""#], ["X": "a\0b"]).text == "a\n")
    }

    @Test("input larger than any pipe does not block the writer")
    func large() async throws {
        let bytes = [UInt8](repeating: 0x78, count: 1 << 20)
        #expect(try await result(of: ["wc", "-c"], [:], bytes).text == "\(bytes.count + 1)\n")
    }

    @Test("a missing program → the reason", arguments: ["/nonexistent/program", "nonexistent-program"])
    func missing(program: String) async {
        let error = await #expect(throws: (any Error).self) { try await Spawn(command: [program]).run { _ in } }
        #expect(error.map { Spawn.Failure($0).reason } == "No such file or directory")
    }

    @Test("a program gets its own argv[0] and none of our descriptors")
    func descriptors() async throws {
        let ours = try Descriptors.pipe()
        _ = fcntl(ours.write.rawValue, F_SETFD, 0)
        let result = try await result(of: ["sh", "-c", #"echo "$0"; ls /proc/$$/fd"#, "name"])
        let lines = result.text.split(separator: "\n").map(String.init)
        #expect(lines.first == "name" && !lines.contains("\(ours.write.rawValue)"))
        for end in [ours.read, ours.write] { try end.close() }
    }

    @Test("a signal to the group ends what the command started, and the pid stays valid until the release")
    func group() async throws {
        let ends = try Descriptors.pipe()
        let spawn = Spawn(command: ["sh", "-c", "sleep infinity & echo; wait"], output: ends.write)
        try await spawn.run { child in
            try ends.write.close()
            #expect(child.ending == nil)
            var byte: UInt8 = 0
            #expect(read(ends.read.rawValue, &byte, 1) == 1)
            #expect(kill(-child.id, SIGKILL) == 0)
            // The pipe ends only when every process has closed its write end: the shell and its child.
            #expect(read(ends.read.rawValue, &byte, 1) == 0)
            #expect(Self.end(of: child) == .signalled(SIGKILL))
            #expect(getpgid(child.id) == child.id)
        }
        try ends.read.close()
    }

    @Test("a program that still runs after `body` → SIGTERM, and time to end")
    func grace() async throws {
        let ends = try Descriptors.pipe()
        let script = "trap 'echo told; kill $!; exit' TERM; sleep infinity & echo; wait"
        let spawn = Spawn(command: ["sh", "-c", script], output: ends.write, grace: .seconds(60))
        try await spawn.run { _ in
            try ends.write.close()
            var byte: UInt8 = 0
            #expect(read(ends.read.rawValue, &byte, 1) == 1)
        }
        #expect(SmallFile.bytes(ends.read.rawValue) == Array("told\n".utf8))
        try ends.read.close()
    }

    private static let endings: [(String, Child.Ending)] = [
        ("exit 0", .exited(0)), ("exit 3", .exited(3)), ("kill -TERM $$", .signalled(SIGTERM)),
    ]

    @Test("exit status and signal of an ended program; no signal is blocked or ignored", arguments: endings)
    func outcome(script: String, expected: Child.Ending) async throws {
        #expect(try await result(of: ["sh", "-c", script]).ending == expected)
    }

    private func result(
        of command: [String], _ variables: [String: String?] = [:], _ input: [UInt8] = []
    ) async throws -> (text: String, ending: Child.Ending?) {
        let ends = try Descriptors.pipe()
        let file = try #require(Descriptors.memory(input + [0x0A]))
        var result = (text: "", ending: Child.Ending?.none)
        let spawn = Spawn(command: command, environment: variables, input: file, output: ends.write)
        try await spawn.run { child in
            try ends.write.close()
            result.text = String(decoding: SmallFile.bytes(ends.read.rawValue), as: UTF8.self)
            result.ending = Self.end(of: child)
        }
        for end in [ends.read, file] { try end.close() }
        return result
    }

    private static func end(of child: Child) -> Child.Ending? {
        var facts = siginfo_t()
        waitid(P_PID, id_t(child.id), &facts, WEXITED | WNOWAIT)
        return child.ending
    }
}
