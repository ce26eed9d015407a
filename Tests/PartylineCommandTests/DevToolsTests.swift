// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import partyline

@Suite("Messages of a DevTools pipe")
struct DevToolsTests {
    private static let splits: [(String, pieces: [String], expected: [String])] = [
        ("one message", ["{}\0"], ["{}"]),
        ("joined messages", ["{}\0[]\0"], ["{}", "[]"]),
        ("a message in pieces", ["{\"a\"", ":", "1}", "\0"], ["{\"a\":1}"]),
        ("the end of one and the start of the next", ["{", "}\0[", "]\0"], ["{}", "[]"]),
        ("an unfinished message", ["{}\0{\"a\""], ["{}"]),
        ("an empty message", ["\0"], [""]),
        ("nothing", ["", ""], []),
    ]

    @Test("bytes → messages", arguments: splits)
    func split(name: String, pieces: [String], expected: [String]) throws {
        var framer = DevToolsFramer()
        let messages = try pieces.flatMap { try framer.push(Array($0.utf8)) }
        #expect(messages.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test("a message that is too long → an error, in one piece and in several; the limit is 16 MiB")
    func limit() throws {
        #expect(DevToolsFramer.limit == 16_777_216)
        var framer = DevToolsFramer(limit: 4)
        #expect(try framer.push([1, 2, 3, 4, 0, 5, 6, 7, 8]) == [[1, 2, 3, 4]])
        #expect(throws: DevToolsFault.tooLong(4)) { try framer.push([9]) }
        var second = DevToolsFramer(limit: 4)
        #expect(throws: DevToolsFault.tooLong(4)) { try second.push([1, 2, 3, 4, 5, 0]) }
    }

    private static let messages: [(String, DevToolsMessage)] = [
        (#"{"id":7,"result":{"a":1}}"#, .result(7, ["a": 1])),
        (#"{"id":7,"result":{},"sessionId":"S"}"#, .result(7, [:])),
        (
            #"{"id":7,"error":{"code":-32000,"message":"Inspected target navigated or closed"}}"#,
            .failure(7, "Inspected target navigated or closed")
        ),
        (#"{"id":7,"error":{}}"#, .failure(7, "no reason")),
        (
            #"{"method":"Target.targetCreated","params":{"targetInfo":{"targetId":"P","type":"page","url":"u"}}}"#,
            .page("P", "u")
        ),
        (
            #"{"method":"Target.targetInfoChanged","params":{"targetInfo":{"targetId":"P","type":"page","url":""}}}"#,
            .page("P", "")
        ),
        (
            #"{"method":"Target.targetCreated","params":{"targetInfo":{"targetId":"P","type":"worker","url":"u"}}}"#,
            .other
        ),
        (
            #"{"method":"Target.targetCreated","params":{"targetInfo":"#
                + #"{"targetId":"P","type":"page","subtype":"prerender","url":"u"}}}"#, .other
        ),
        (#"{"method":"Target.targetDestroyed","params":{"targetId":"P"}}"#, .gone("P")),
        (
            #"{"method":"Target.attachedToTarget","params":{"sessionId":"S","targetInfo":{"targetId":"P"}}}"#,
            .attached("S", "P")
        ),
        (#"{"method":"Target.detachedFromTarget","params":{"sessionId":"S","targetId":"P"}}"#, .detached("S")),
        (#"{"method":"Inspector.detached","params":{}}"#, .other), (#"{"method":"Target.targetCreated"}"#, .other),
        ("{}", .other), ("[]", .other),
    ]

    @Test("JSON → the message", arguments: messages)
    func message(text: String, expected: DevToolsMessage) throws {
        #expect(try DevToolsMessage(Array(text.utf8)) == expected)
    }

    @Test("what is not JSON → an error that does not show it", arguments: ["", "{", "secret", "{\"secret\":1}x"])
    func malformed(text: String) {
        let error = #expect(throws: DevToolsFault.malformed) { try DevToolsMessage(Array(text.utf8)) }
        #expect(error.map { "\($0)".contains("secret") } == false)
    }

    private static let commands: [(DevToolsCommand, String)] = [
        (
            .discoverPages,
            #""method":"Target.setDiscoverTargets","params":"#
                + #"{"discover":true,"filter":[{"type":"page"},{"exclude":true}]}"#
        ),
        (
            .open("https://a.example/\"x"),
            #""method":"Target.createTarget","params":"#
                + #"{"url":"https://a.example/\"x","newWindow":true,"width":560,"height":760}"#
        ),
        (.attach("P"), #""method":"Target.attachToTarget","params":{"targetId":"P","flatten":true}"#),
        (
            .evaluate("S", "1"),
            #""method":"Runtime.evaluate","params":"#
                + #"{"expression":"1","awaitPromise":true,"returnByValue":true},"sessionId":"S""#
        ),
        (.cookies, #""method":"Storage.getCookies","params":{}"#), (.close, #""method":"Browser.close","params":{}"#),
    ]

    @Test("a command → JSON and NUL", arguments: commands)
    func command(command: DevToolsCommand, expected: String) {
        #expect(String(decoding: command.message(id: 3), as: UTF8.self) == #"{"id":3,"# + expected + "}\0")
    }
}
