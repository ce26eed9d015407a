import Histogram

/// A distribution of times, in nanoseconds, to three significant digits.
struct Latencies {
    private var histogram = Histogram<UInt32>(highestTrackableValue: 120_000_000_000)

    @inline(__always)
    mutating func record(_ time: UInt64) { _ = histogram.record(time) }

    mutating func add(_ other: Latencies) { histogram.add(other.histogram) }

    var count: UInt64 { histogram.totalCount }

    /// Nanoseconds that so many of a hundred do not exceed.
    func percentile(_ percentile: Double) -> Double { Double(histogram.valueAtPercentile(percentile)) }

    var greatest: Double { Double(histogram.maxRecorded) }
}

extension [Double] {
    /// The middle one; the mean of the two in the middle; 0 of none.
    var median: Double {
        guard !isEmpty else { return 0 }
        let sorted = sorted()
        let middle = count / 2
        return count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
