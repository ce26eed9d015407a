import AgentModel
import Testing

@Suite("The members of an object")
struct JSONObjectTests {
    @Test("setting replaces in place, appends, or takes away")
    func setting() {
        var object = JSONObject([("a", 1), ("b", 2)])
        object["a"] = 3
        object["c"] = 4
        object["b"] = nil
        object["nowhere"] = nil
        #expect(object.names == ["a", "c"])
        #expect(object["a"] == 3)
        #expect(object["b"] == nil)
        object["d"] = .null
        #expect(object.names == ["a", "c", "d"])
        #expect(object["d"] == .null)
    }

    @Test("of two members with one name the later counts, in the place of the first")
    func twice() {
        let object = JSONObject([("a", 1), ("b", 2), ("a", 3)])
        #expect(object.names == ["a", "b"])
        #expect(object["a"] == 3)
        #expect(!object.isEmpty)
        #expect(JSONObject().isEmpty)
    }

    @Test("order carries no meaning, names and values do")
    func equality() {
        let object = JSONObject([("a", 1), ("b", 2)])
        #expect(object == JSONObject([("b", 2), ("a", 1)]))
        #expect(object != JSONObject([("a", 1)]))
        #expect(object != JSONObject([("a", 1), ("c", 2)]))
        #expect(object != JSONObject([("a", 1), ("b", 3)]))
        #expect(JSON.object(object) == ["b": 2, "a": 1])
    }

    @Test("mapping keeps the order and drops what became nil")
    func mapping() {
        let object = JSONObject([("a", 1), ("b", .null), ("c", 3)])
        let mapped = object.compactMapValues { name, value in value.isNull ? nil : .string(name) }
        #expect(mapped.names == ["a", "c"])
        #expect(mapped["a"] == "a")
        #expect(mapped["c"] == "c")
    }
}
