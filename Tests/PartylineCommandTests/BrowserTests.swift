// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import Glibc
import Testing

@testable import partyline

@Suite("The browser for a sign-in")
struct BrowserTests {
    private static let programs: [([String], String?, String?)] = [
        (["chromium", "google-chrome"], nil, "/bin/chromium"),
        (["google-chrome", "google-chrome-stable"], nil, "/bin/google-chrome-stable"),
        (["chromium-browser", "google-chrome"], nil, "/bin/chromium-browser"),
        (["chromium", "mine"], "mine", "/bin/mine"), (["chromium"], "mine", nil), (["firefox"], nil, nil),
    ]

    @Test("programs in the PATH and --browser → the browser", arguments: programs)
    func find(installed: [String], chosen: String?, expected: String?) throws {
        let path = { (name: String) in installed.contains(name) ? "/bin/\(name)" : nil }
        if let expected {
            #expect(try Browser.find(chosen, path: path) == Browser(path: expected))
        } else {
            let failure = #expect(throws: CommandFailure.self) { try Browser.find(chosen, path: path) }
            #expect(failure?.status == .failure && failure?.message.contains(chosen ?? "Chromium") == true)
            #expect(failure?.next.contains { $0.hasPrefix("partyline login --print-url") } == true)
            #expect(failure?.next.contains { $0.hasPrefix("partyline login --cookies FILE") } == true)
        }
    }

    @Test("the command line: a pipe and no port, no page; headless and without a sandbox only if asked for")
    func command() {
        let plain = Browser(path: "/b").command(profile: "/p")
        #expect(
            plain.first == "/b" && plain.contains("--remote-debugging-pipe") && plain.contains("--user-data-dir=/p"))
        #expect(plain.contains("--no-startup-window"))
        #expect(!plain.contains { $0.contains("port") || $0.contains("http") || $0.contains("headless") })
        #expect(!plain.contains("--no-sandbox"))
        let test = Browser(path: "/b", isHeadless: true, hasSandbox: false).command(profile: "/p")
        #expect(Set(test).subtracting(plain) == ["--headless", "--no-sandbox"])
    }

    private static let displays: [([String: String], isHeadless: Bool, isRefused: Bool)] = [
        ([:], false, true), (["DISPLAY": ":0"], false, false), (["WAYLAND_DISPLAY": "w"], false, false),
        ([:], true, false),
    ]

    @Test("no display → refused, unless headless", arguments: displays)
    func display(variables: [String: String], isHeadless: Bool, isRefused: Bool) {
        let browser = Browser(path: "/b", isHeadless: isHeadless)
        var failure: CommandFailure?
        do throws(CommandFailure) { try browser.checkDisplay { variables[$0] } } catch { failure = error }
        #expect((failure != nil) == isRefused)
        if let failure {
            #expect(failure.message.contains("WAYLAND_DISPLAY") && failure.next == Browser.others)
        }
    }

    @Test("--no-sandbox → only for root")
    func sandbox() {
        #expect(Browser.sandboxProblem(isLeftOut: true, uid: 1000) != nil)
        #expect(Browser.sandboxProblem(isLeftOut: true, uid: 0) == nil)
        #expect(Browser.sandboxProblem(isLeftOut: false, uid: 1000) == nil)
    }

    @Test("the last lines of the output, without empty ones; the rest is dropped")
    func tail() {
        var tail = OutputTail()
        #expect(tail.lines().isEmpty)
        for piece in ["one\ntw", "o\n\nthree\n", "four\n"] { tail.append(Array(piece.utf8)) }
        #expect(tail.lines() == ["two", "three", "four"] && tail.lines(1) == ["four"])
        tail.append(Array((String(repeating: "x", count: 10_000) + "\nend\n").utf8))
        #expect(tail.lines(5).last == "end" && tail.lines(5).count == 2)
        #expect(tail.lines(5).allSatisfy { $0.count <= 300 })
    }

    /// A program that answers like a browser, and leaves another one behind in its group.
    private static let impostor = #"""
        test "$(cat)" = "" || exit 1
        read -r line <&3
        printf '%s\0{"method":"Target.targetDestroyed","params":{"targetId":"%s"}}\0' "$line" "$1" >&4
        exec 3<&- 4>&-
        echo out
        echo err >&2
        sleep infinity &
        """#

    private struct Talk {
        var messages: [DevToolsMessage] = []
        var lines: [String] = []
        /// True if no process holds the other end of the output.
        var isOver = false
    }

    @Test(
        "a browser gets commands on 3 and answers on 4, and has no standard input; its output is kept; all of it ends")
    func connection() async throws {
        let talk = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Talk, any Error>) in
            // Not on a thread of the concurrency pool, which `Spawn.start` would block.
            Thread.detachNewThread { continuation.resume(with: Result { try Self.talk() }) }
        }
        #expect(talk.messages == [.result(1, [:]), .gone("page")])
        #expect(Set(talk.lines) == ["out", "err"] && talk.isOver)
    }

    private static func talk() throws -> Talk {
        let process = try BrowserProcess.start(["/bin/sh", "-c", impostor, "sh", "page"])
        var talk = Talk()
        process.send(Array(#"{"id":1,"result":{}}"#.utf8) + [0x0A])
        while !process.hasEnded { talk.messages += try receive(process) }
        talk.messages += try receive(process)
        process.end()
        // A process that another test has just started holds a copy of the pipe until its exec.
        let deadline = ContinuousClock.now + .seconds(10)
        while process.entries[1].fd >= 0, .now < deadline {
            _ = try receive(process)
            // The connection has ended, so `poll` does not wait any more.
            usleep(1_000)
        }
        talk.lines = process.lastLines
        talk.isOver = process.entries[1].fd < 0
        return talk
    }

    private static func receive(_ process: BrowserProcess) throws -> [DevToolsMessage] {
        var entries = process.entries
        _ = poll(&entries, 2, 10)
        return try process.receive()
    }
}
