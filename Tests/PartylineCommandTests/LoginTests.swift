// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import Foundation
import Glibc
import StreamsProtocol
import SystemPackage
import Testing

@testable import partyline

@Suite("The verb login")
struct LoginTests {
    private static let wrong: [[String]] = [
        ["--status", "--wait"], ["--cookies", "f", "--print-url"], ["--cookies", "f", "--browser", "x"],
        ["--status", "--headless"], ["--wait", "--no-sandbox"], ["--timeout", "0"], ["--timeout", "-1"], ["--cookies"],
    ]

    @Test("options that contradict each other → exit status 2", arguments: wrong)
    func usage(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try PartylineCommand.parseAsRoot(["login"] + arguments) }
        #expect(error.map { Main.exitCode(PartylineCommand.exitCode(for: $0)).rawValue } == 2)
    }

    @Test(
        "options that go together",
        arguments: [
            [], ["--browser", "/b", "--timeout", "5", "--json"], ["--headless"], ["--print-url", "--json"],
            ["--cookies", "-", "--timeout", "1"],
        ])
    func parsed(arguments: [String]) throws {
        #expect(try PartylineCommand.parseAsRoot(["login"] + arguments) is LoginCommand)
    }

    @Test("the flags for tests are not in the help")
    func help() {
        let text = PartylineCommand.helpMessage(for: LoginCommand.self)
        #expect(text.contains("--print-url") && text.contains("--browser"))
        #expect(!text.contains("headless") && !text.contains("sandbox"))
    }

    private typealias State = DaemonStatus.Auth.State

    private static let ends: [(SignInWait, Set<State>)] = [
        (.nothing, Set(State.allCases)), (.outcome, [.signedIn, .refused, .prompting, .required]),
        (.otherPage, [.signedIn, .refused, .required, .none, .expired, .degraded, .failing]), (.token, [.signedIn]),
        (.attempt, Set(State.allCases).subtracting([.authorizing])),
    ]

    @Test("the states that end each wait", arguments: ends)
    func waits(wait: SignInWait, expected: Set<DaemonStatus.Auth.State>) {
        #expect(Set(DaemonStatus.Auth.State.allCases.filter(wait.isOver)) == expected)
    }

    @Test("a state → text and exit status; the reason is the prompt's if there is no other")
    func states() throws {
        let signedIn = try #require(SignInState(["state": "signed_in", "expiresAt": "T"]))
        #expect(signedIn.text == "signed in, until T" && signedIn.failure == nil)
        let prompting = try #require(
            SignInState(["state": "prompting", "prompt": ["id": "k", "reason": "there is no sign-in yet"]]))
        #expect(prompting.text == "not signed in: there is no sign-in yet")
        #expect(prompting.failure?.status == .notSignedIn)
        let failing = try #require(SignInState(["state": "failing", "reason": "503"]))
        #expect(failing.text.hasSuffix(": 503") && failing.failure?.status == .failure)
        #expect(SignInState(["state": "novel"]) == nil && SignInState(nil) == nil)
    }

    private static let answer: JSON = [
        "prompt": ["id": "k", "reason": "r", "url": "https://a.example/login"], "isYours": true, "isFirst": false,
        "authorizeUrl": "https://a.example/connect/auth/authorize",
    ]

    @Test("the answer of beginSignIn; without isFirst the profile has to be new")
    func prompt() throws {
        let prompt = try #require(WindowSignIn.Prompt(Self.answer))
        #expect(prompt.id == "k" && prompt.isYours && !prompt.isFirst && prompt.page == "https://a.example/login")
        #expect(prompt.check.origin == WebOrigin("https://a.example"))
        var members = try #require(Self.answer.object)
        members["isFirst"] = nil
        #expect(try #require(WindowSignIn.Prompt(.object(members))).isFirst)
        for (name, value) in [("authorizeUrl", "file:///x"), ("prompt", ["id": "k", "url": "javascript:1"])]
            as [(String, JSON)]
        {
            var changed = members
            changed[name] = value
            #expect(WindowSignIn.Prompt(.object(changed)) == nil)
        }
    }

    @Test("no sign-in page: another session.source → conflict and what to set; a hidden one → denied")
    func noPage() {
        let other = LoginCommand.noPage("authorize")
        #expect(other.status == .conflict && other.message.contains("session.source: login and session.baseUrl"))
        #expect(LoginCommand.noPage("login").status == .denied && LoginCommand.noPage(nil).status == .denied)
    }

    @Test("refused cookies → both ways to sign in again", arguments: [("f", "f"), ("-", "FILE")])
    func advice(file: String, shown: String) {
        let next = LoginCommand.advice(file)
        #expect(next.first?.hasPrefix("partyline login --cookies \(shown) ") == true)
        #expect(next.last?.hasPrefix("partyline login ") == true && next.last?.contains("--cookies") == false)
    }

    @Test("a pipe that ends → its bytes; one that does not → the deadline")
    func input() throws {
        let ends = try Descriptors.pipe()
        #expect(try ends.write.writeAll(Array("abc".utf8)) == 3)
        #expect(CookieInput.bytes(ends.read.rawValue, before: .now + .milliseconds(20)) == nil)
        #expect(try ends.write.writeAll(Array("def".utf8)) == 3)
        try ends.write.close()
        #expect(CookieInput.bytes(ends.read.rawValue, before: .now + .seconds(60)) == Array("def".utf8))
        try ends.read.close()
    }

    @Test("a named pipe without a writer → timeout; a folder, a missing file, a large file → usage")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "partyline-login-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let pipe = folder.appending(path: "pipe").path()
        #expect(mkfifo(pipe, 0o600) == 0)
        let large = folder.appending(path: "large").path()
        try String(repeating: "x", count: CookieInput.limit + 1).write(
            toFile: large, atomically: false, encoding: .utf8)
        let files: [(String, CommandStatus)] = [
            (pipe, .timeout), (folder.path(), .usage), (folder.appending(path: "missing").path(), .usage),
            (large, .usage),
        ]
        for (file, status) in files {
            let failure = #expect(throws: CommandFailure.self) {
                try CookieInput.read(file, SignInTimeout(seconds: 0.02))
            }
            #expect(failure?.status == status && failure?.message.contains(file) == true)
        }
        let small = folder.appending(path: "small").path()
        try "x".write(toFile: small, atomically: false, encoding: .utf8)
        #expect(try CookieInput.read(small, SignInTimeout(seconds: 60)) == "x")
    }
}
