// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@Suite("Indented JSON")
struct PrettyJSONTests {
    @Test("one member per line, empty containers on one line")
    func lines() throws {
        let value = try JSON(parsing: #"{"a":[1,{"b":"x\n"}],"c":{},"d":[],"e":null}"#)
        #expect(
            value.prettyText == """
                {
                  "a": [
                    1,
                    {
                      "b": "x\\n"
                    }
                  ],
                  "c": {},
                  "d": [],
                  "e": null
                }
                """)
        #expect(JSON("x").prettyText == #""x""#)
    }

    @Test("a value that fits on a line, with name and comma, stays on one line")
    func width() throws {
        let value = try JSON(parsing: #"{"a":[1,2],"b":{"cc":[3,4]}}"#)
        #expect(value.prettyText(width: 40) == #"{"a": [1, 2], "b": {"cc": [3, 4]}}"#)
        let wide = """
            {
              "a": [1, 2],
              "b": {"cc": [3, 4]}
            }
            """
        // The second member takes 21 characters, and one is reserved for a comma.
        #expect(value.prettyText(width: 22) == wide)
        let narrow = """
            {
              "a": [1, 2],
              "b": {
                "cc": [3, 4]
              }
            }
            """
        #expect(value.prettyText(width: 21) == narrow)
    }

    @Test("indented JSON parses to the same value", arguments: [0, 1, 20, 1000])
    func same(width: Int) throws {
        let value = try JSON(parsing: #"{"é":["\u0000","\"",1.0e+2,true,[[]],{"":{}}],"a":{"b":{"c":[[1],[2]]}}}"#)
        #expect(try JSON(parsing: value.prettyText(width: width)) == value)
    }
}
