// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@Suite("Suggestions for mistyped words")
struct NearestWordTests {
    private static let words = ["getStatus", "getAgent", "subscribe", "unsubscribe", "session.source", "ab"]

    private static let rows: [(String, String?)] = [
        ("getStaus", "getStatus"), ("GETAGENT", "getAgent"), ("sub scribe", "subscribe"),
        ("session.sorce", "session.source"), ("subscribe", "subscribe"), ("xyzzy", nil), ("", nil),
        // As many changes as the word has letters: not similar.
        ("xy", nil), ("ax", "ab"), (String(repeating: "subscribe", count: 8), nil),
    ]

    @Test("the most similar word, or nil if none is similar", arguments: rows)
    func nearest(word: String, expected: String?) { #expect(NearestWord.of(word, among: Self.words) == expected) }

    @Test("two equally similar words → the first")
    func order() { #expect(NearestWord.of("sat", among: ["cat", "bat"]) == "cat") }
}
