import AgentModel
import StreamsProtocol
import Testing

@Suite("JSON for people")
struct PrettyJSONTests {
    @Test("one member a line, what is empty stays")
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

    @Test("what fits on a line stays on it, with the name before it and the comma after it")
    func width() throws {
        let value = try JSON(parsing: #"{"a":[1,2],"b":{"cc":[3,4]}}"#)
        #expect(value.prettyText(width: 40) == #"{"a": [1, 2], "b": {"cc": [3, 4]}}"#)
        let wide = """
            {
              "a": [1, 2],
              "b": {"cc": [3, 4]}
            }
            """
        // The second member takes 21 characters, and one is kept for a comma.
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

    @Test("nothing is lost", arguments: [0, 1, 20, 1000])
    func same(width: Int) throws {
        let value = try JSON(parsing: #"{"é":["\u0000","\"",1.0e+2,true,[[]],{"":{}}],"a":{"b":{"c":[[1],[2]]}}}"#)
        #expect(try JSON(parsing: value.prettyText(width: width)) == value)
    }
}
