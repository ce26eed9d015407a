import StreamsProtocol
import Testing

@Suite("The word that was meant")
struct NearestWordTests {
    private static let words = ["getStatus", "getAgent", "subscribe", "unsubscribe", "session.source", "ab"]

    private static let rows: [(String, String?)] = [
        ("getStaus", "getStatus"), ("GETAGENT", "getAgent"), ("sub scribe", "subscribe"),
        ("session.sorce", "session.source"), ("subscribe", "subscribe"), ("xyzzy", nil), ("", nil),
        // With as many changes as it has letters, any word becomes any other.
        ("xy", nil), ("ax", "ab"), (String(repeating: "subscribe", count: 8), nil),
    ]

    @Test("the nearest word, if one is near", arguments: rows)
    func nearest(word: String, expected: String?) { #expect(NearestWord.of(word, among: Self.words) == expected) }

    @Test("of two that are as near, the first")
    func order() { #expect(NearestWord.of("sat", among: ["cat", "bat"]) == "cat") }
}
