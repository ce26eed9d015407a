// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import StreamsProtocol

@Suite("JSON that is forwarded without parsing")
struct RawJSONTests {
    private func raw(_ text: String) -> RawJSON {
        // A part of a longer text, as on a line.
        RawJSON(checked: Array("[\(text)]".utf8), 1..<(text.utf8.count + 1))
    }

    /// The members `event` and `data` of the data of a line.
    private func message(_ data: String) throws -> [String?]? {
        let line = try ClientMessage(line: Array(#"{"event":"x","data":\#(data)}"#.utf8))
        let noticed = try #require(line.data)
        // The envelope found while the line was checked equals the one parsed later.
        let looked = raw(data)
        #expect(noticed == looked && noticed.hashValue == looked.hashValue)
        #expect(texts(noticed.message) == texts(looked.message))
        return texts(noticed.message)
    }

    private func texts(_ message: RawMessage?) -> [String?]? {
        guard let message else { return nil }
        if let name = message.name {
            #expect(message.forwarded(as: name).line == ServerLine.encode(name, raw: message.content))
        }
        return [message.name, message.content.map { String(decoding: $0.bytes, as: UTF8.self) }]
    }

    @Test("the named members, unchanged")
    func members() throws {
        let members = try #require(raw(#"{"a": [1 ,2],"b":"\u0041", "c" :{"a":0}}"#).members("a", "c", "nowhere"))
        #expect(members == ["a": raw("[1 ,2]"), "c": raw(#"{"a":0}"#)])
        #expect(raw("{}").members("a") == [:])
    }

    @Test("only an object has members", arguments: ["[]", "1", "null", #""{""#, "{", #"{"a":}"#, ""])
    func noMembers(text: String) {
        #expect(raw(text).members("a") == nil)
    }

    @Test("a message within a message")
    func messages() throws {
        #expect(try message(#"{"event":"bench" , "data" : [1 ,{"event":2}]}"#) == ["bench", #"[1 ,{"event":2}]"#])
        #expect(try message(#"{ "data":null,"x":{"data":1}}"#) == [nil, "null"])
        #expect(try message(#"{"\u0065vent":"\u0062","dat\u0061":0}"#) == ["b", "0"])
        #expect(try message(#"{"event":"","data":{}}"#) == ["", "{}"])
        #expect(try message(#"{"event":7,"data":0,"event2":"x"}"#) == [nil, "0"])
        #expect(try message("{}") == [nil, nil])
        #expect(try message(#"{"events":1,"dat":2,"":3}"#) == [nil, nil])
        for other in ["[]", "1", #""{""#, "null"] { #expect(try message(other) == nil) }
        for broken in ["{", #"{"event":}"#, ""] { #expect(raw(broken).message == nil) }
    }

    /// A line that broadcasts the message, and the body that forwards it.
    private func forwarded(_ message: String, after: String = "") throws -> (line: [UInt8], body: LineBody) {
        let line = Array(#"{"event":"broadcast","data":\#(message)\#(after)}"#.utf8)
        let raw = try #require(try ClientMessage(line: line).data?.message)
        return (line, raw.forwarded(as: try #require(raw.name)))
    }

    @Test(
        "a message in our own form is forwarded as a slice of the client's line",
        arguments: [
            #"{"event":"a","data":{"b":"*"}}"#, #"{"event":"a name and no data: *"}"#,
        ])
    func parts(pattern: String) throws {
        let message = pattern.replacing("*", with: String(repeating: "x", count: 1000))
        let (line, body) = try forwarded(message)
        #expect(body.bytes.startIndex == #"{"event":"broadcast","data":"#.utf8.count)
        #expect(body.line == Array((message + "\n").utf8))
        #expect(line[body.bytes.indices] == body.bytes)
    }

    @Test("a slice that is a small part of its line is copied")
    func littleParts() throws {
        let (_, body) = try forwarded(
            #"{"event":"a","data":1}"#, after: #","pad":"\#(String(repeating: "x", count: 1000))""#)
        #expect(body.bytes.startIndex == 0 && body.line == ServerLine.encode("a", 1))
    }

    @Test("a slice of an array with much spare capacity is copied")
    func room() throws {
        var line = Array(#"{"event":"broadcast","data":{"event":"a","data":1}}"#.utf8)
        line.reserveCapacity(10_000)
        let body = try #require(try ClientMessage(line: line).data?.message).forwarded(as: "a")
        #expect(body.bytes.startIndex == 0 && body.line == ServerLine.encode("a", 1))
    }

    @Test(
        "a message in another form is encoded again",
        arguments: [
            #"{ "event":"a","data":1}"#, #"{"event" :"a","data":1}"#, #"{"event":"a" ,"data":1}"#,
            #"{"event":"a","data": 1}"#, #"{"event":"a","data":1 }"#, #"{"event":"\u0061","data":1}"#,
            #"{"data":1,"event":"a"}"#, #"{"event":"a","data":1,"x":2}"#, #"{"x":2,"event":"a","data":1}"#,
            #"{"event":"a","x":2,"data":1}"#, #"{"event":"a","\u0064ata":1}"#, #"{"\u0065vent":"a","data":1}"#,
        ])
    func written(message: String) throws {
        #expect(try forwarded(message).body.line == ServerLine.encode("a", 1))
    }

    @Test("a member does not retain its line")
    func copies() throws {
        let whole = RawJSON(["id": 1, "pad": .string(String(repeating: "x", count: 1000))])
        let part = try #require(whole.members("id")?["id"])
        #expect(part.bytes.startIndex == 0 && part.bytes == [0x31])
    }

    @Test("a string has a content, other values do not")
    func strings() {
        #expect(raw(#""a\nb""#).string == "a\nb")
        #expect(raw("1").string == nil)
        #expect(raw("null").string == nil)
        #expect(raw("").string == nil)
        #expect(raw("\"\"").string == "" && raw("\"é\"").string == "é")
        #expect(raw(#""\"""#).string == "\"" && raw(#""\\""#).string == "\\")
    }

    @Test("a value of any depth is encoded and parsed")
    func values() {
        var deep: JSON = 1
        for _ in 0..<200 { deep = [deep] }
        #expect(RawJSON(deep).value == deep)
        #expect(RawJSON(["b": 1, "a": .null]).bytes == Array(#"{"b":1,"a":null}"#.utf8)[...])
        #expect(raw("{").value == .null)
        #expect(raw("[1 ]") != raw("[1]"))
    }
}
