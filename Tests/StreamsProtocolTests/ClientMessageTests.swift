// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@Suite("Lines of clients")
struct ClientMessageTests {
    struct Row: Sendable {
        let line: String
        let event: String
        let data: String?

        init(_ line: String, _ event: String, _ data: String?) {
            self.line = line
            self.event = event
            self.data = data
        }
    }

    @Test(
        "the event is parsed, the data is kept byte for byte",
        arguments: [
            Row(#"{"event":"synchronize"}"#, "synchronize", nil),
            Row(#" { "event" : "x" , "data" : null } "#, "x", "null"),
            Row("{\"event\":\"x\"}\r", "x", nil),
            Row(#"{"data":{"a" : 1.0e+02 ,"é":"\u00e9\/"},"event":"x"}"#, "x", #"{"a" : 1.0e+02 ,"é":"\u00e9\/"}"#),
            Row(#"{"event":"x","data":9007199254740993}"#, "x", "9007199254740993"),
            Row(#"{"event":"x","data": [ 1,2 ,{"b":[ ]}] }"#, "x", #"[ 1,2 ,{"b":[ ]}]"#),
            Row(#"{"event":"x","data":"\ud83d"}"#, "x", #""\ud83d""#),
            Row(#"{"\u0065vent":"\u0078\"","data":false}"#, "x\"", "false"),
            Row(#"{"event":"x","from":"me","clock":7,"data":1}"#, "x", "1"),
            Row(#"{"event":"contact::connected::\u0000"}"#, "contact::connected::\u{0}", nil),
            Row(#"{"event":"häng auf"}"#, "häng auf", nil),
        ])
    func good(row: Row) throws {
        let message = try ClientMessage(line: Array(row.line.utf8))
        #expect(message.event == row.event)
        #expect(message.data.map { String(decoding: $0.bytes, as: UTF8.self) } == row.data)
    }

    @Test("data nested 63 deep is accepted: the line is the 64th level")
    func depth() throws {
        let deep = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
        let line = #"{"event":"x","data":"# + deep + "}"
        #expect(try ClientMessage(line: Array(line.utf8)).data?.bytes == Array(deep.utf8)[...])
        #expect(throws: ProtocolError.self) { try ClientMessage(line: Array(line.utf8), depthLimit: 63) }
    }

    @Test("a message from an event and data")
    func made() {
        #expect(ClientMessage(event: "x").data == nil)
        #expect(ClientMessage(event: "x", data: RawJSON([1])).data?.bytes == Array("[1]".utf8)[...])
    }
}
