import Testing

@testable import ConduitCore

@Suite("Any interleaving, with subscribers")
struct FanOutPropertyTests {
    @Test(
        "each client sees what it wants, in order, none twice, and none missing but what it was told of",
        arguments: 1...100 as ClosedRange<UInt64>)
    func interleaving(seed: UInt64) throws {
        let script = try FanOutScript(seed: seed)
        try script.play(steps: 160)
        #expect(script.faults.prefix(3) == [], "seed \(seed)")
    }

    @Test("the scripts are such that there is something to see")
    func content() throws {
        var counts = (fresh: 0, resumed: 0, lagged: 0, lines: 0, shared: 0)
        for seed in 1...40 as ClosedRange<UInt64> {
            let script = try FanOutScript(seed: seed)
            try script.play(steps: 160)
            counts.shared += script.shared
            for sight in script.sights {
                counts.fresh += sight.counts.fresh
                counts.resumed += sight.counts.resumed
                counts.lagged += sight.counts.lagged
                counts.lines += sight.counts.lines
            }
        }
        #expect(counts.fresh > 100 && counts.resumed > 50 && counts.lagged > 100 && counts.lines > 3_000, "\(counts)")
        #expect(counts.shared > 50, "\(counts)")
    }
}
