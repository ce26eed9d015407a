// SPDX-License-Identifier: Apache-2.0
import Histogram

/// A histogram of times in nanoseconds, with three significant digits.
struct Latencies {
    private var histogram = Histogram<UInt32>(highestTrackableValue: 120_000_000_000)

    @inline(__always)
    mutating func record(_ time: UInt64) { _ = histogram.record(time) }

    mutating func add(_ other: Latencies) { histogram.add(other.histogram) }

    var count: UInt64 { histogram.totalCount }

    /// - Parameter percentile: from 0 to 100.
    /// - Returns: nanoseconds.
    func percentile(_ percentile: Double) -> Double { Double(histogram.valueAtPercentile(percentile)) }

    var greatest: Double { Double(histogram.maxRecorded) }
}

extension [Double] {
    /// 0 for an empty array.
    var median: Double {
        guard !isEmpty else { return 0 }
        let sorted = sorted()
        let middle = count / 2
        return count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
