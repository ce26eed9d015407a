// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@Suite("JSON round trips")
struct JSONPropertyTests {
    @Test("10,000 random values parse to the same value, from one line", arguments: [1, 2, 3, 4] as [UInt64])
    func roundTrip(seed: UInt64) throws {
        var random = Seeded(seed)
        for round in 0..<2500 {
            let value = random.json(depth: 3)
            let bytes = value.encoded
            let back = try JSON(parsing: bytes)
            guard back == value, back.encoded == bytes, !bytes.contains(where: { $0 < 0x20 }) else {
                Issue.record("seed \(seed), round \(round): \(value.text)")
                return
            }
        }
    }

    @Test(
        "a random byte → an error with an offset in the text, or another valid value",
        arguments: [5, 6] as [UInt64])
    func noise(seed: UInt64) {
        var random = Seeded(seed)
        for round in 0..<1500 {
            var bytes = random.json(depth: 3).encoded
            for _ in 0...random.below(3) {
                let place = random.below(bytes.count + 1)
                bytes.insert(UInt8(random.below(256)), at: place)
            }
            do throws(JSONError) {
                let value = try JSON(parsing: bytes)
                #expect((try? JSON(parsing: value.encoded)) == value, "seed \(seed), round \(round)")
            } catch {
                #expect((0...bytes.count).contains(error.offset), "seed \(seed), round \(round)")
            }
        }
    }

    @Test("only quotes, backslashes and control characters are escaped")
    func escapes() {
        #expect(JSON.string("\"\\/\u{8}\u{C}\n\r\t").text == #""\"\\/\b\f\n\r\t""#)
        #expect(JSON.string("\u{0}\u{1}\u{1F}\u{7F}é\u{1F600}").text == "\"\\u0000\\u0001\\u001f\u{7F}é\u{1F600}\"")
        let value: JSON = ["a\"b": [.null, true, false, 1, 1.5, "x"], "e": [:], "f": []]
        #expect(value.text == #"{"a\"b":[null,true,false,1,1.5,"x"],"e":{},"f":[]}"#)
    }
}
