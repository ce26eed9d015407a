import AgentModel
import Testing

@testable import StreamsProtocol

@Suite("JSON that passes through unread")
struct RawJSONTests {
    private func raw(_ text: String) -> RawJSON {
        // A part of something longer, as on a line.
        RawJSON(checked: Array("[\(text)]".utf8), 1..<(text.utf8.count + 1))
    }

    /// The members `event` and `data` of the data of a line.
    private func message(_ data: String) throws -> [String?]? {
        let line = try ClientMessage(line: Array(#"{"event":"x","data":\#(data)}"#.utf8))
        let noticed = try #require(line.data)
        // What was noticed on the way is what is found by looking for it.
        let looked = raw(data)
        #expect(noticed == looked && noticed.hashValue == looked.hashValue)
        #expect(texts(noticed.message) == texts(looked.message))
        return texts(noticed.message)
    }

    /// The event's name, and the text of the data.
    private func texts(_ message: RawMessage?) -> [String?]? {
        guard let message else { return nil }
        #expect(message.contentBytes == message.content?.bytes ?? [])
        return [message.name, message.content.map { String(decoding: $0.bytes, as: UTF8.self) }]
    }

    @Test("the members that are asked for, as they were written")
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

    @Test("a member is kept without its line")
    func copies() throws {
        let whole = RawJSON(["id": 1, "pad": .string(String(repeating: "x", count: 1000))])
        let part = try #require(whole.members("id")?["id"])
        #expect(part.bytes.startIndex == 0 && part.bytes == [0x31])
    }

    @Test("a string is read, anything else is not")
    func strings() {
        #expect(raw(#""a\nb""#).string == "a\nb")
        #expect(raw("1").string == nil)
        #expect(raw("null").string == nil)
        #expect(raw("").string == nil)
        #expect(raw("\"\"").string == "" && raw("\"é\"").string == "é")
        #expect(raw(#""\"""#).string == "\"" && raw(#""\\""#).string == "\\")
    }

    @Test("a value goes in and comes out, however deep")
    func values() {
        var deep: JSON = 1
        for _ in 0..<200 { deep = [deep] }
        #expect(RawJSON(deep).value == deep)
        #expect(RawJSON(["b": 1, "a": .null]).bytes == Array(#"{"b":1,"a":null}"#.utf8)[...])
        #expect(raw("{").value == .null)
        #expect(raw("[1 ]") != raw("[1]"))
    }
}
