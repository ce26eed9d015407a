// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The timestamp at the beginning of a payload: `~`, 19 digits of nanoseconds, `~`. It is valid text in every system's
/// framing, and a reader finds it without parsing the framing.
enum Mark {
    static let length = 21
    private static let fence = UInt8(ascii: "~")

    static func write(_ time: UInt64, to place: UnsafeMutablePointer<UInt8>) {
        place[0] = fence
        place[20] = fence
        var rest = time
        for index in stride(from: 19, through: 1, by: -1) {
            place[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    /// The mark's time; nil if there is no mark at `place`.
    @inline(__always)
    static func read(_ place: UnsafePointer<UInt8>) -> UInt64? {
        guard place[0] == fence, place[20] == fence else { return nil }
        var time: UInt64 = 0
        for index in 1..<20 {
            let digit = place[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            time = time &* 10 &+ UInt64(digit)
        }
        return time
    }

    /// The next position where a mark may begin.
    @inline(__always)
    static func candidate(in place: UnsafeMutablePointer<UInt8>, _ count: Int) -> UnsafeMutablePointer<UInt8>? {
        memchr(place, CInt(fence), count)?.assumingMemoryBound(to: UInt8.self)
    }
}

/// Finds the marks in one connection's stream, independent of how it is split into reads.
///
/// Skips the rest of each payload without reading it, so that the load itself is not what is measured.
struct MarkScanner {
    /// Free bytes that a read must leave before its data, for the end of the previous read.
    static let headroom = 32

    /// The number of bytes after the mark in a payload.
    private let rest: Int
    private var skip = 0
    private var held = 0

    /// - Parameter payload: the length of a payload, including its mark.
    init(payload: Int) { rest = payload - Mark.length }

    /// Scans the bytes of one read.
    ///
    /// - Parameters:
    ///   - bytes: the bytes that were read, after `headroom` free bytes.
    ///   - holding: `headroom` bytes where this scanner keeps an incomplete mark between reads.
    ///   - found: called with the time of each mark.
    @inline(__always)
    mutating func feed(
        _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, holding: UnsafeMutablePointer<UInt8>,
        _ found: (UInt64) -> Void
    ) {
        if skip >= count {
            skip -= count
            return
        }
        var place = bytes + skip - held
        let end = bytes + count
        if held > 0 { place.update(from: holding, count: held) }
        skip = 0
        held = 0
        while end - place >= Mark.length {
            guard let candidate = Mark.candidate(in: place, end - place) else { return }
            place = candidate
            if end - place < Mark.length { break }
            guard let time = Mark.read(place) else {
                place += 1
                continue
            }
            found(time)
            place += Mark.length
            if end - place < rest {
                skip = rest - (end - place)
                return
            }
            place += rest
        }
        held = end - place
        holding.update(from: place, count: held)
    }
}
