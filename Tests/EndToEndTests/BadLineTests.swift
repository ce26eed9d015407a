// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Invalid lines: each gets its reply, the connection continues, and other ports notice nothing.
    @Suite("Bad lines")
    struct BadLineTests {
        struct Line: Sendable {
            let name: String
            let bytes: [UInt8]
            /// The code of the `partyline::error`; nil if the line is ignored, as in Streams.
            let code: String?

            init(_ name: String, _ text: String, _ code: String?) {
                self.init(name, Array(text.utf8), code)
            }

            init(_ name: String, _ bytes: [UInt8], _ code: String?) {
                self.name = name
                self.bytes = bytes
                self.code = code
            }
        }

        private static func nested(_ depth: Int, _ open: String, _ close: String) -> String {
            #"{"event":"synchronize","data":"# + String(repeating: open, count: depth)
                + String(repeating: close, count: depth) + "}"
        }

        private static func event(_ bytes: [UInt8]) -> [UInt8] {
            Array(#"{"event":"x"#.utf8) + bytes + Array(#""}"#.utf8)
        }

        static let lines: [Line] = [
            Line("empty", "", "invalid_line"),
            Line("spaces", "   \t ", "invalid_line"),
            Line("a carriage return", "\r", "invalid_line"),
            Line("words", "hello there", "invalid_line"),
            Line("null", "null", "invalid_line"),
            Line("a number", "42", "invalid_line"),
            Line("a string", "\"synchronize\"", "invalid_line"),
            Line("an array", #"["synchronize"]"#, "invalid_line"),
            Line("an empty object", "{}", "invalid_line"),
            Line("no event", #"{"data":1}"#, "invalid_line"),
            Line("a null event", #"{"event":null}"#, "invalid_line"),
            Line("a number as event", #"{"event":7}"#, "invalid_line"),
            Line("an object as event", #"{"event":{}}"#, "invalid_line"),
            Line("an empty event", #"{"event":""}"#, "invalid_line"),
            Line("cut short", #"{"event":"synchronize""#, "invalid_line"),
            Line("cut in a string", #"{"event":"synch"#, "invalid_line"),
            Line("two objects", #"{"event":"synchronize"}{"event":"synchronize"}"#, "invalid_line"),
            Line("trailing comma", #"{"event":"synchronize",}"#, "invalid_line"),
            Line("single quotes", "{'event':'synchronize'}", "invalid_line"),
            Line("no quotes", "{event:synchronize}", "invalid_line"),
            Line("a comment", #"{"event":"synchronize"} // now"#, "invalid_line"),
            Line("the event twice", #"{"event":"synchronize","event":"close"}"#, "invalid_line"),
            Line("a key twice, deep inside", #"{"event":"x","data":{"a":[{"b":1,"b":2}]}}"#, "invalid_line"),
            Line("65 arrays", nested(64, "[", "]"), "invalid_line"),
            Line("100,000 arrays", nested(100_000, "[", "]"), "invalid_line"),
            Line(
                "100,000 open arrays", #"{"event":"x","data":"# + String(repeating: "[", count: 100_000), "invalid_line"
            ),
            Line(
                "objects without end", #"{"event":"x","data":"# + String(repeating: #"{"a":"#, count: 50_000),
                "invalid_line"),
            Line("a lone continuation byte", event([0x80]), "invalid_line"),
            Line("an overlong slash", event([0xC0, 0xAF]), "invalid_line"),
            Line("a surrogate in UTF-8", event([0xED, 0xA0, 0x80]), "invalid_line"),
            Line("beyond Unicode", event([0xF5, 0x80, 0x80, 0x80]), "invalid_line"),
            Line("a cut sequence", event([0xE2, 0x82]), "invalid_line"),
            Line("UTF-16", [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], "invalid_line"),
            Line("a byte order mark", [0xEF, 0xBB, 0xBF] + Array(#"{"event":"synchronize"}"#.utf8), "invalid_line"),
            Line("a zero byte", event([0x00]), "invalid_line"),
            Line("zero bytes only", [UInt8](repeating: 0, count: 1000), "invalid_line"),
            Line("a control character in a string", event([0x01]), "invalid_line"),
            Line("an unknown escape", #"{"event":"\x"}"#, "invalid_line"),
            Line("a cut \\u", #"{"event":"\u12"}"#, "invalid_line"),
            Line("01 as number", #"{"event":"x","data":01}"#, "invalid_line"),
            Line("a dot without digits", #"{"event":"x","data":1.}"#, "invalid_line"),
            Line("NaN", #"{"event":"x","data":NaN}"#, "invalid_line"),
            Line("plus", #"{"event":"x","data":+1}"#, "invalid_line"),
            Line("hexadecimal", #"{"event":"x","data":0x10}"#, "invalid_line"),
            Line("10 MiB without a newline", [UInt8](repeating: 0x61, count: 10 << 20), "line_too_long"),
            Line("one byte too long", [UInt8](repeating: 0x20, count: (1 << 20) + 1), "line_too_long"),
            Line("an unknown event", #"{"event":"no_such_event","data":{"a":1}}"#, nil),
            Line("an event of 100,000 letters", #"{"event":"\#(String(repeating: "e", count: 100_000))"}"#, nil),
            Line("a huge number", #"{"event":"no_such_event","data":1e999999999}"#, nil),
            Line(
                "a million digits less",
                #"{"event":"no_such_event","data":\#(String(repeating: "9", count: 500_000))}"#, nil),
            Line("a broadcast without an event", #"{"event":"broadcast","data":{"data":1}}"#, nil),
            Line("a broadcast of nothing", #"{"event":"broadcast"}"#, nil),
            Line(
                "a broadcast of a reserved name", #"{"event":"broadcast","data":{"event":"agent::update","data":{}}}"#,
                "not_permitted"),
            Line("a broadcast of ours", #"{"event":"broadcast","data":{"event":"partyline::bye"}}"#, "not_permitted"),
            Line("an api_request that is text", #"{"event":"api_request","data":"getAgentStates"}"#, "invalid_params"),
            Line("an api_request of nothing", #"{"event":"api_request"}"#, "invalid_params"),
            Line(
                "a request without id", #"{"event":"partyline::request","data":{"method":"getStatus"}}"#,
                "invalid_params"),
            Line(
                "a request with an object as id", #"{"event":"partyline::request","data":{"requestId":{}}}"#,
                "invalid_params"),
            Line("a subscription to numbers", #"{"event":"webSocket::subscribe","data":[1,null,{}]}"#, nil),
            Line("a frame without topic", #"{"event":"webSocket::send","data":{"content":1}}"#, nil),
            Line("a frame that is no object", #"{"event":"webSocket::send","data":[[]]}"#, nil),
        ]

        @Test("sixty invalid lines on one connection → each its reply; another port receives nothing")
        func table() throws {
            let stage = try Stage()
            try stage.startBoth()
            let witness = try stage.readyClient()
            let culprit = try RawSocket(path: stage.socket)
            _ = try culprit.line(containing: "acknowledge")
            try witness.wait(for: "update_connected_ccps") { $0["length"] == 2 }
            let before = try witness.events().count
            for line in Self.lines {
                try culprit.write(line.bytes + [0x0A])
                try culprit.write(Array(#"{"event":"synchronize"}"#.utf8) + [0x0A])
                // The next line is answered in any case.
                var answer = try #require(try culprit.answer(), "\(line.name): the connection ended")
                if let code = line.code {
                    #expect(answer["event"] == "partyline::error", "\(line.name): \(answer.text.prefix(200))")
                    #expect(answer["data"]?["code"]?.string == code, "\(line.name): \(answer.text.prefix(200))")
                    #expect(answer["data"]?["message"]?.string?.isEmpty == false)
                    answer = try #require(try culprit.answer())
                }
                #expect(answer == ["event": "acknowledge"], "\(line.name): \(answer.text.prefix(200))")
            }
            #expect(stage.daemon?.isRunning == true)
            let seen = try witness.events().dropFirst(before).filter { $0 != "agent::update" && $0 != "api_metric" }
            #expect(seen.isEmpty, "the witness saw \(seen)")
            let counters = try witness.connection.request("getStatus")["counters"]
            #expect(
                counters?["badLines"]?.int
                    == Self.lines.filter { ["invalid_line", "line_too_long"].contains($0.code) }.count)
        }

        @Test("100 bad lines in a row → bye with bad_lines, other ports stay open")
        func hundred() throws {
            let stage = try Stage()
            try stage.startBoth()
            let witness = try stage.readyClient()
            let culprit = try RawSocket(path: stage.socket)
            for _ in 0..<100 { try culprit.write(Array("nonsense\n".utf8)) }
            let bye = try #require(try culprit.line(containing: "partyline::bye"))
            #expect(bye.contains("bad_lines"))
            #expect(try culprit.line() == nil)
            _ = try witness.connection.request("getStatus")
            #expect(stage.daemonLog.contains("100 bad lines in a row"))
        }

        @Test("a line sent byte by byte, clients that close in the middle of a line → no effect on others")
        func partialLines() throws {
            let stage = try Stage()
            try stage.startBoth()
            let witness = try stage.readyClient()
            for _ in 0..<50 {
                let culprit = try RawSocket(path: stage.socket)
                try culprit.write(Array(#"{"event":"broadcast","data":{"event":"half::a::line","data":"#.utf8))
            }
            let slow = try RawSocket(path: stage.socket)
            for byte in Array(#"{"event":"synchronize"}"#.utf8) + [0x0A] { try slow.write([byte]) }
            #expect(try slow.line(containing: #"{"event":"acknowledge"}"#) != nil)
            #expect(try !witness.events().contains("half::a::line"))
        }
    }
}

extension RawSocket {
    /// The next line that replies to what was sent; skips lines that every port receives.
    fileprivate func answer() throws -> JSON? {
        while let line = try line() {
            let message = try JSON(parsing: line, depthLimit: 256)
            let broadcasts = ["agent::update", "api_metric", "update_connected_ccps"]
            if !broadcasts.contains(message["event"]?.string ?? ""), message["data"]?["id"] == nil,
                message["event"]?.string?.hasPrefix("webSocket::") != true,
                message["event"]?.string?.hasPrefix("agent::websocket") != true
            {
                return message
            }
        }
        return nil
    }
}
