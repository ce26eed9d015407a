// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@Suite("Members of a JSON object")
struct JSONObjectTests {
    @Test("setting a member replaces it in place or appends it; nil removes it")
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

    @Test("duplicate names → the later value in the place of the first")
    func twice() {
        let object = JSONObject([("a", 1), ("b", 2), ("a", 3)])
        #expect(object.names == ["a", "b"])
        #expect(object["a"] == 3)
        #expect(!object.isEmpty)
        #expect(JSONObject().isEmpty)
    }

    @Test("equality ignores the order of members")
    func equality() {
        let object = JSONObject([("a", 1), ("b", 2)])
        #expect(object == JSONObject([("b", 2), ("a", 1)]))
        #expect(object != JSONObject([("a", 1)]))
        #expect(object != JSONObject([("a", 1), ("c", 2)]))
        #expect(object != JSONObject([("a", 1), ("b", 3)]))
        #expect(JSON.object(object) == ["b": 2, "a": 1])
    }

    @Test("compactMapValues keeps the order and drops members that map to nil")
    func mapping() {
        let object = JSONObject([("a", 1), ("b", .null), ("c", 3)])
        let mapped = object.compactMapValues { name, value in value.isNull ? nil : .string(name) }
        #expect(mapped.names == ["a", "c"])
        #expect(mapped["a"] == "a")
        #expect(mapped["c"] == "c")
    }
}
