// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import benchmarks

@Suite struct ErrorTallyTests {
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

    @Test("errors, reasons and lags are counted, independent of the reads' length", arguments: [1, 7, 64, 300, 5000])
    func counted(piece: Int) {
        var errors = ErrorTally()
        var bytes = Array(Self.lines.utf8)[...]
        while !bytes.isEmpty {
            bytes.prefix(piece).withUnsafeBytes { errors.add($0) }
            bytes = bytes.dropFirst(piece)
        }
        #expect(errors.counts == ["error too_many": 2, "response too_many": 1, "lagged ": 1, "bye flood": 1])
        #expect(errors.counts.mostFrequent.first == "2 × error too_many")
    }

    @Test("an incomplete line of a closed connection is dropped")
    func begins() {
        var errors = ErrorTally()
        Array("half a line".utf8).withUnsafeBytes { errors.add($0) }
        errors.reset()
        Array(Self.lines.utf8).withUnsafeBytes { errors.add($0) }
        #expect(errors.counts["bye flood"] == 1)
        Array("{\"event\":\"partyline::bye\",\"data\":{}}\n".utf8).withUnsafeBytes { errors.add($0) }
        #expect(errors.counts["bye "] == 1)
    }
}
