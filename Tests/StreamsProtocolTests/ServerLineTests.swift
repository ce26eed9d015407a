// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import StreamsProtocol

@Suite("Encoding of lines")
struct ServerLineTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("no data → no data member")
    func noData() {
        #expect(text(ServerLine.encode("acknowledge")) == "{\"event\":\"acknowledge\"}\n")
        #expect(text(ServerLine.encode("terminated", raw: nil)) == "{\"event\":\"terminated\"}\n")
    }

    @Test("data follows the event, also null")
    func data() {
        #expect(text(ServerLine.encode("a", .null)) == "{\"event\":\"a\",\"data\":null}\n")
        #expect(text(ServerLine.encode("a", ["x": "1\n"])) == #"{"event":"a","data":{"x":"1\n"}}"# + "\n")
        #expect(text(ServerLine.encode("\"\n", 1)) == #"{"event":"\"\n","data":1}"# + "\n")
    }

    @Test("raw data is forwarded unchanged")
    func raw() {
        let raw = RawJSON(checked: Array(#"{"x" : 1.0e+2}"#.utf8), 0..<14)
        #expect(text(ServerLine.encode("a", raw: raw)) == #"{"event":"a","data":{"x" : 1.0e+2}}"# + "\n")
        #expect(text(ServerLine.encode("\"\n", raw: raw)) == #"{"event":"\"\n","data":{"x" : 1.0e+2}}"# + "\n")
    }

    @Test("a name of any length, with and without escapes, around data of any length", arguments: 0..<40)
    func lengths(count: Int) {
        for name in [String(repeating: "é", count: count), String(repeating: "\\", count: count)] {
            for room in [0, 1, 7, 64, 4096] {
                let data = RawJSON(.string(String(repeating: "x", count: room)))
                let line: JSON = .object(JSONObject([("event", .string(name)), ("data", data.value)]))
                #expect(ServerLine.encode(name, raw: data) == line.encoded + [0x0A])
            }
            let bare: JSON = .object(JSONObject([("event", .string(name))]))
            #expect(ServerLine.encode(name, raw: nil) == bare.encoded + [0x0A])
        }
    }
}
