import AgentModel
import Testing

@testable import StreamsProtocol

@Suite("JSON that passes through unread")
struct RawJSONTests {
    private func raw(_ text: String) -> RawJSON { RawJSON(checked: Array(text.utf8)) }

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

    @Test("a string is read, anything else is not")
    func strings() {
        #expect(raw(#""a\nb""#).string == "a\nb")
        #expect(raw("1").string == nil)
        #expect(raw("null").string == nil)
        #expect(raw("").string == nil)
    }

    @Test("a value goes in and comes out, however deep")
    func values() {
        var deep: JSON = 1
        for _ in 0..<200 { deep = [deep] }
        #expect(RawJSON(deep).value == deep)
        #expect(RawJSON(["b": 1, "a": .null]).bytes == Array(#"{"b":1,"a":null}"#.utf8))
        #expect(raw("{").value == .null)
        #expect(raw("[1 ]") != raw("[1]"))
    }
}
