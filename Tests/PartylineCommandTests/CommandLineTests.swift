// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import partyline

@Suite("Typed and suggested command lines")
struct CommandLineTests {
    @Test(
        "global options before the verb → moved behind it",
        arguments: [
            (["--socket", "/p", "watch", "--json"], ["watch", "--socket", "/p", "--json"]),
            (["--socket=/p", "--instance", "a", "get", "x"], ["get", "--socket=/p", "--instance", "a", "x"]),
            (["watch", "--socket", "/p"], ["watch", "--socket", "/p"]), (["--version"], ["version"]),
            (["--socket", "/p", "--version"], ["version", "--socket", "/p"]), (["--help"], ["--help"]), ([], []),
            (["--socket"], ["--socket"]), (["--socket", "/p", "help", "get"], ["help", "get"]),
            (["hook", "x", "--", "git", "log", "--", "f"], ["hook", "x", "--run", "git", "log", "--", "f"]),
            (["hook", "x", "--run", "git", "log", "--", "f"], ["hook", "x", "--run", "git", "log", "--", "f"]),
        ])
    func rearranged(typed: [String], expected: [String]) { #expect(GlobalOptions.rearranged(typed) == expected) }

    @Test(
        "a suggested command → program path and socket options as the user typed them",
        arguments: [
            ("partyline status", ["partyline", "get"], "partyline status"),
            ("partyline status", ["/w/.build/debug/partyline", "get"], ".build/debug/partyline status"),
            ("partyline status", ["/opt/partyline", "get", "--socket", "/p"], "/opt/partyline --socket /p status"),
            ("partyline status", ["partyline", "--socket", "/a b", "get"], "partyline --socket '/a b' status"),
            ("partyline demo", ["partyline", "--socket", "/p", "get"], "partyline demo"),
            ("partyline help", ["partyline", "--socket", "/p", "satus"], "partyline help"),
            ("partyline --socket /q watch", ["partyline", "--socket", "/p"], "partyline --socket /q watch"),
            ("partylined --socket /p", ["./partyline"], "./partylined --socket /p"),
            ("systemctl --user start partyline", ["/opt/partyline"], "systemctl --user start partyline"),
        ])
    func shown(command: String, arguments: [String], expected: String) {
        #expect(CommandName.shown(command, arguments: arguments, folder: "/w") == expected)
    }

    @Test(
        "a verb that does not exist → usage, and the most similar verb",
        arguments: [
            (["satus"], ["partyline status", "partyline help"]),
            (["help", "wach"], ["partyline watch", "partyline help"]),
            (["qqqqqqq", "--json"], ["partyline help"]), (["help", "qqqqqqq"], ["partyline help"]),
            (["help", "--", "satus"], ["partyline status", "partyline help"]),
        ])
    func mistyped(_ arguments: [String], _ next: [String]) {
        let failure = #expect(throws: CommandFailure.self) { try Verbs.check(arguments) }
        #expect(failure?.status == .usage && failure?.next == next)
    }

    @Test(
        "known verbs, options and help pass",
        arguments: [[], ["status"], ["help"], ["help", "status"], ["--help"], ["demo", "satus"], ["demo-child"]])
    func verbs(_ arguments: [String]) { #expect(throws: Never.self) { try Verbs.check(arguments) } }

    @Test("parameters of a call: only a JSON object is accepted")
    func parameters() throws {
        #expect(try CallCommand.read(Array(#"{"a":[1]}"#.utf8)) == ["a": [1]])
        for text in ["", "[]", "{", "null"] {
            let failure = #expect(throws: CommandFailure.self) { try CallCommand.read(Array(text.utf8)) }
            #expect(failure?.status == .usage)
        }
    }

    @Test("version without a daemon")
    func versions() {
        #expect(VersionCommand.lines(nil, asJSON: false).last == "partylined is not running")
        #expect(VersionCommand.lines(nil, asJSON: true).first?.hasSuffix(#""partylined":null}"#) == true)
    }
}
