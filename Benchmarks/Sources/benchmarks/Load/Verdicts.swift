import Glibc

/// What a bad program was told: errors, reasons and lags, counted.
///
/// Of a line it keeps the beginning only, where such words are. A program that is busy with reading is no bad one, and
/// what it costs the machine would be taken for the daemon's.
struct Verdicts {
    private(set) var counts: [String: Int] = [:]
    /// The beginning of the line that has not ended yet.
    private var head: [UInt8] = []

    private static let headLength = 256
    private static let events = ["error", "bye", "lagged", "response"].map {
        (name: $0, start: #"{"event":"partyline::\#($0)""#)
    }

    /// Another connection: what was said on the former one is over.
    mutating func begin() { head.removeAll(keepingCapacity: true) }

    /// What was read next.
    mutating func note(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress,
            let end = memchr(base, CInt(UInt8(ascii: "\n")), rest.count)
        {
            let length = UnsafeRawPointer(end) - base
            keep(rest.prefix(length))
            judge()
            rest = rest.dropFirst(length + 1)
        }
        keep(rest)
    }

    private mutating func keep(_ bytes: Slice<UnsafeRawBufferPointer>) {
        head += bytes.prefix(Self.headLength - head.count)
    }

    /// A line is over: it counts if it is a verdict, or an answer that is an error.
    private mutating func judge() {
        defer { begin() }
        let line = String(decoding: head, as: UTF8.self)
        guard let event = Self.events.first(where: { line.hasPrefix($0.start) })?.name else { return }
        let cause = Self.member("code", line) ?? Self.member("reason", line)
        if cause != nil || event != "response" { counts["\(event) \(cause ?? "")", default: 0] += 1 }
    }

    private static func member(_ name: String, _ line: String) -> String? {
        guard let start = line.firstRange(of: "\"\(name)\":\"")?.upperBound else { return nil }
        return line[start...].prefix { $0 != "\"" }.description
    }
}
