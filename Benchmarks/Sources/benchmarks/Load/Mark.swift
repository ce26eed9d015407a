import Glibc

/// The time that a payload begins with: `~`, 19 digits of nanoseconds, `~`. It can stand in any system's framing, and a
/// reader finds it without knowing the framing.
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

    /// The time, if there is a mark at that place.
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

    /// The next place where a mark may begin.
    @inline(__always)
    static func candidate(in place: UnsafeMutablePointer<UInt8>, _ count: Int) -> UnsafeMutablePointer<UInt8>? {
        memchr(place, CInt(fence), count)?.assumingMemoryBound(to: UInt8.self)
    }
}

/// Finds the marks in what one connection brings, however it is cut into reads.
///
/// After a mark comes the rest of its payload, which is stepped over unread: the reader must not be what is measured.
struct MarkScanner {
    /// Room that a read has to leave in front of its bytes, for the end of the former one.
    static let headroom = 32

    /// What follows a mark in its payload.
    private let rest: Int
    private var skip = 0
    private var held = 0

    /// - Parameter payload: how long a payload is, its mark included.
    init(payload: Int) { rest = payload - Mark.length }

    /// Takes what was read.
    ///
    /// - Parameters:
    ///   - bytes: the bytes that were read; there is `headroom` before them.
    ///   - holding: `headroom` bytes that belong to this scanner.
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
