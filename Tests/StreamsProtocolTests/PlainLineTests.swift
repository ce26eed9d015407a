// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import StreamsProtocol

/// Compares the fast path for lines that begin like nearly all with the general path, which a space after the brace selects.
@Suite("The fast path for lines of clients")
struct PlainLineTests {
    private static let starts = [
        #"{"event":"x""#, #"{"event":"broadcast","data":{"event":"bench""#, #"{"event":"häng auf","data":"#,
        #"{"event":"x","data":{"event":"a","data":{"event":"b""#, #"{"event":""#, #"{"event":"a\u0062","data":1"#,
        #"{"event":"long enough for some words","data":[1]"#, #"{"event":x"#, #"{"event":"#, #"{"event":7,"data":0"#,
    ]
    private static let pieces = [
        "}", "}", "}}", ",", #","data":"#, #","data":1"#, #","event":"y""#, #","data":{"event":"c","data":[]}"#, " ",
        "\"",
        "\\", #","x":[{}]"#, #","dat\u0061":null"#, "[", "]", "1", "\u{1}", #", "data" : {"#, #":"#, "é", "\t",
    ]

    private func read(_ text: String, _ depthLimit: Int) -> Result<[String?], ProtocolError> {
        Result { () throws(ProtocolError) in
            let message = try ClientMessage(line: Array(text.utf8), depthLimit: depthLimit)
            let inner = message.data?.message
            if let inner, let name = inner.name {
                #expect(inner.forwarded(as: name).line == ServerLine.encode(name, raw: inner.content), "\(text)")
            }
            let parts = [message.data?.bytes, inner?.content?.bytes].map {
                $0.map { String(decoding: $0, as: UTF8.self) }
            }
            return [message.event, inner == nil ? "none" : "message", inner?.name] + parts
        }
    }

    /// The error without its offset, which the added space shifts by one.
    private func withoutPlace(_ error: ProtocolError) -> String {
        String(error.message.filter { !$0.isNumber })
    }

    private func check(_ text: String, _ depthLimit: Int = JSON.defaultDepthLimit) -> Bool {
        switch (read(text, depthLimit), read("{ " + text.dropFirst(), depthLimit)) {
        case (.success(let left), .success(let right)): left == right
        case (.failure(let left), .failure(let right)): withoutPlace(left) == withoutPlace(right)
        default: false
        }
    }

    @Test("fast and general path give the same message or the same error")
    func same() {
        var counts = (good: 0, bad: 0)
        for seed in 1...6_000 as ClosedRange<UInt64> {
            var random = Seeded(seed)
            var text = Self.starts[random.below(Self.starts.count)]
            for _ in 0..<random.below(4) { text += Self.pieces[random.below(Self.pieces.count)] }
            // Usually closes all open braces.
            let open = text.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "{") ? 1 : $1 == UInt8(ascii: "}") ? -1 : 0) }
            if random.below(4) > 0, open > 0 { text += String(repeating: "}", count: open) }
            #expect(check(text), "seed \(seed): \(text)")
            if case .success = read(text, 64) { counts.good += 1 } else { counts.bad += 1 }
        }
        #expect(counts.good > 500 && counts.bad > 500, "\(counts)")
    }

    @Test("fast and general path have the same nesting limit", arguments: 0...5)
    func depth(limit: Int) {
        let text = #"{"event":"x","data":{"event":"y","data":{"event":"z","data":[[]]}}}"#
        #expect(check(text, limit))
        if case .success = read(text, limit) { #expect(limit == 5) } else { #expect(limit < 5) }
    }
}
