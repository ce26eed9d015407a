// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ConduitCore

@Suite("Random interleavings with subscribers")
struct FanOutPropertyTests {
    @Test(
        "each client gets the lines of its interest in order, none twice, none missing without partyline::lagged",
        arguments: 1...100 as ClosedRange<UInt64>)
    func interleaving(seed: UInt64) throws {
        let script = try FanOutScript(seed: seed)
        try script.play(steps: 160)
        #expect(script.faults.prefix(3) == [], "seed \(seed)")
    }

    @Test("the scripts contain enough resumptions, lags and shared batches")
    func content() throws {
        var counts = (fresh: 0, resumed: 0, lagged: 0, lines: 0, shared: 0)
        for seed in 1...40 as ClosedRange<UInt64> {
            let script = try FanOutScript(seed: seed)
            try script.play(steps: 160)
            counts.shared += script.shared
            for client in script.clients {
                counts.fresh += client.counts.fresh
                counts.resumed += client.counts.resumed
                counts.lagged += client.counts.lagged
                counts.lines += client.counts.lines
            }
        }
        #expect(counts.fresh > 100 && counts.resumed > 50 && counts.lagged > 100 && counts.lines > 3_000, "\(counts)")
        #expect(counts.shared > 50, "\(counts)")
    }
}
