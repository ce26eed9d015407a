// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@Suite("Instants as text")
struct TimestampTests {
    struct Row: Sendable {
        let text: String
        let milliseconds: Int64

        init(_ text: String, _ milliseconds: Int64) {
            self.text = text
            self.milliseconds = milliseconds
        }
    }

    @Test(
        "the form that is written",
        arguments: [
            Row("1970-01-01T00:00:00.000Z", 0), Row("1969-12-31T23:59:59.999Z", -1),
            Row("2025-01-01T12:01:00.123Z", 1_735_732_860_123), Row("2000-02-29T00:00:00.000Z", 951_782_400_000),
            Row("1900-02-28T23:59:59.999Z", -2_203_891_200_001), Row("1900-03-01T00:00:00.000Z", -2_203_891_200_000),
            Row("2024-02-29T12:00:00.000Z", 1_709_208_000_000), Row("2100-03-01T00:00:00.000Z", 4_107_542_400_000),
            Row("0000-01-01T00:00:00.000Z", -62_167_219_200_000), Row("0000-02-29T00:00:00.000Z", -62_162_121_600_000),
            Row("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ])
    func exact(row: Row) {
        #expect(Timestamp.text(milliseconds: row.milliseconds) == row.text)
        #expect(Timestamp.milliseconds(row.text) == row.milliseconds)
    }

    @Test("years beyond four digits are clamped")
    func clamped() {
        #expect(Timestamp.text(milliseconds: .max) == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp.text(milliseconds: .min) == "0000-01-01T00:00:00.000Z")
        #expect(Timestamp.text(seconds: 1e300) == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp.text(seconds: -.infinity) == "0000-01-01T00:00:00.000Z")
        #expect(Timestamp.text(seconds: .nan) == "0000-01-01T00:00:00.000Z")
    }

    @Test("seconds with a fraction are rounded to the nearest millisecond")
    func seconds() {
        #expect(Timestamp.text(seconds: 1_735_732_860.123) == "2025-01-01T12:01:00.123Z")
        #expect(Timestamp.text(seconds: 1_735_732_860) == "2025-01-01T12:01:00.000Z")
        #expect(Timestamp.text(seconds: 1_735_732_859.9996) == "2025-01-01T12:01:00.000Z")
        #expect(Timestamp.text(seconds: 1_735_732_860.0004) == "2025-01-01T12:01:00.000Z")
        #expect(Timestamp.text(seconds: -0.001) == "1969-12-31T23:59:59.999Z")
        for millisecond in 0..<1000 as Range<Int64> {
            let whole = 1_735_732_860_000 + millisecond
            #expect(Timestamp.milliseconds(Timestamp.text(seconds: Double(whole) / 1000)) == whole)
        }
    }

    @Test(
        "other forms that are read",
        arguments: [
            Row("2025-01-01T12:01:00Z", 1_735_732_860_000), Row("2025-01-01t12:01:00z", 1_735_732_860_000),
            Row("2025-01-01T12:01Z", 1_735_732_860_000), Row("2025-01-01T12:01:00.1Z", 1_735_732_860_100),
            Row("2025-01-01T12:01:00.12Z", 1_735_732_860_120), Row("2025-01-01T12:01:00.123999Z", 1_735_732_860_123),
            Row("2025-01-01T13:01:00+01:00", 1_735_732_860_000),
            Row("2025-01-01T04:31:00.000-07:30", 1_735_732_860_000),
            Row("2025-01-02T00:01:00+12:00", 1_735_732_860_000), Row("2025-01-01", 1_735_689_600_000),
            Row("1600-02-29", -11_670_998_400_000),
        ])
    func read(row: Row) {
        #expect(Timestamp.milliseconds(row.text) == row.milliseconds)
    }

    @Test(
        "texts that are not an instant → nil",
        arguments: [
            "", "now", "2025", "2025-01", "2025-1-1", "2025-13-01", "2025-00-01", "2025-01-32", "2025-01-00",
            "2025-02-29", "1900-02-29", "2025-04-31", "2025-01-01T", "2025-01-01T12", "2025-01-01T12:01:00",
            "2025-01-01 12:01:00Z", "2025-01-01T24:00:00Z", "2025-01-01T12:60:00Z", "2025-01-01T12:01:60Z",
            "2025-01-01T12:01:00.Z", "2025-01-01T12:01:00,5Z", "2025-01-01T12:01:00ZZ", "2025-01-01T12:01:00+0100",
            "2025-01-01T12:01:00+24:00", "2025-01-01T12:01:00+01:60", "2025-01-01T12:01:00+1:00", "2025-01-01Z",
            "+2025-01-01", "-025-01-01", "2025-01-01T12:01:0١Z", "1735732860", " 2025-01-01",
        ])
    func bad(text: String) {
        #expect(Timestamp.milliseconds(text) == nil)
    }

    @Test("random instants over six centuries round trip", arguments: [1, 2] as [UInt64])
    func roundTrip(seed: UInt64) {
        var random = Seeded(seed)
        var last: (Int64, String)?
        for _ in 0..<2500 {
            let instant = Int64.random(in: -10_000_000_000_000...10_000_000_000_000, using: &random)
            let text = Timestamp.text(milliseconds: instant)
            guard Timestamp.milliseconds(text) == instant, text.utf8.count == 24 else {
                Issue.record("seed \(seed): \(instant) became \(text)")
                return
            }
            if let last { #expect((last.0 < instant) == (last.1 < text), "text sorts as time does") }
            last = (instant, text)
        }
    }

    @Test("a moment has two clocks")
    func moment() {
        let moment = Moment(wall: 5, uptime: 7)
        #expect(moment.wall == 5 && moment.uptime == 7)
        #expect(moment != Moment(wall: 5, uptime: 8))
    }
}
