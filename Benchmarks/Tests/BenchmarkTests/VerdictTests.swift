import Testing

@testable import benchmarks

@Suite struct VerdictTests {
    private static let lines = """
        {"event":"acknowledge","data":{"id":"1"}}
        {"event":"partyline::error","data":{"code":"too_many","message":"no"}}
        {"event":"partyline::response","data":{"requestId":1,"data":{"code":1}}}
        {"event":"partyline::response","data":{"requestId":1,"data":null,"err":{"code":"too_many"}}}
        {"event":"bench::tick","data":"\(String(repeating: "x", count: 1000))"}
        {"event":"partyline::lagged","data":{"missed":3}}
        {"event":"partyline::error","data":{"code":"too_many","message":"no"}}
        {"event":"partyline::bye","data":{"reason":"flood"}}

        """

    @Test("errors, reasons and lags are counted, however the lines were read", arguments: [1, 7, 64, 300, 5000])
    func counted(piece: Int) {
        var verdicts = Verdicts()
        var bytes = Array(Self.lines.utf8)[...]
        while !bytes.isEmpty {
            bytes.prefix(piece).withUnsafeBytes { verdicts.note($0) }
            bytes = bytes.dropFirst(piece)
        }
        #expect(verdicts.counts == ["error too_many": 2, "response too_many": 1, "lagged ": 1, "bye flood": 1])
        #expect(verdicts.counts.mostFrequent.first == "2 × error too_many")
    }

    @Test("half a line of a connection that is over is no part of the next one's")
    func begins() {
        var verdicts = Verdicts()
        Array("half a line".utf8).withUnsafeBytes { verdicts.note($0) }
        verdicts.begin()
        Array(Self.lines.utf8).withUnsafeBytes { verdicts.note($0) }
        #expect(verdicts.counts["bye flood"] == 1)
        Array("{\"event\":\"partyline::bye\",\"data\":{}}\n".utf8).withUnsafeBytes { verdicts.note($0) }
        #expect(verdicts.counts["bye "] == 1)
    }
}
