// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@Suite("JSON values")
struct JSONTests {
    @Test("each accessor returns nil for values of other types")
    func accessors() {
        let values: [JSON] = [.null, true, 7, 1.5, "text", [1], ["a": 1]]
        #expect(values.map(\.isNull) == [true, false, false, false, false, false, false])
        #expect(values.map(\.bool) == [nil, true, nil, nil, nil, nil, nil])
        #expect(values.map(\.int) == [nil, nil, 7, nil, nil, nil, nil])
        #expect(values.map(\.double) == [nil, nil, 7, 1.5, nil, nil, nil])
        #expect(values.map(\.string) == [nil, nil, nil, nil, "text", nil, nil])
        #expect(values.map(\.array) == [nil, nil, nil, nil, nil, [1], nil])
        #expect(values.map { $0.object?.names } == [nil, nil, nil, nil, nil, nil, ["a"]])
        #expect(values.map { $0["a"] } == [nil, nil, nil, nil, nil, nil, 1])
    }

    @Test("truthiness is that of JavaScript")
    func truthiness() {
        let falsy: [JSON] = [.null, false, 0, 0.0, "", .number(JSONNumber(checked: "-0.0e7"))]
        let truthy: [JSON] = [true, 1, -0.5, "0", "false", [], [:], .number(JSONNumber(checked: "1e400"))]
        #expect(falsy.map(\.isTruthy) == Array(repeating: false, count: falsy.count))
        #expect(truthy.map(\.isTruthy) == Array(repeating: true, count: truthy.count))
    }

    @Test("numbers keep their literal; int is nil for fractions and out-of-range values")
    func numbers() {
        #expect(JSONNumber(-42).literal == "-42")
        #expect(JSONNumber(2.0).literal == "2")
        #expect(JSONNumber(0.5).literal == "0.5")
        #expect(JSONNumber(1_735_732_860.123).literal == "1735732860.123")
        #expect(JSONNumber(Double.nan).literal == "0")
        #expect(JSONNumber(-Double.infinity).literal == "0")
        #expect(JSONNumber(checked: "9007199254740993").int == 9_007_199_254_740_993)
        #expect(JSONNumber(checked: "1e3").int == 1000)
        #expect(JSONNumber(checked: "1.5").int == nil)
        #expect(JSONNumber(checked: "99999999999999999999").int == nil)
        #expect(JSONNumber(checked: "1e400").int == nil)
        #expect(JSONNumber(checked: "1e400").double == .infinity)
        #expect(JSONNumber(checked: "-2.5e1").double == -25)
    }
}
