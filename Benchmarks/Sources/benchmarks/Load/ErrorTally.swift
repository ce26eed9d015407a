// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Counts the errors, close reasons and lags that a bad client receives.
///
/// Looks only at the beginning of each line, which contains the codes: decoding all lines would slow the client down and
/// load the machine, which would look like an effect of the daemon.
struct ErrorTally {
    private(set) var counts: [String: Int] = [:]
    /// The beginning of an incomplete line.
    private var head: [UInt8] = []

    private static let headLength = 256
    private static let events = ["error", "bye", "lagged", "response"].map {
        (name: $0, start: #"{"event":"partyline::\#($0)""#)
    }

    /// Drops an incomplete line, for a new connection.
    mutating func reset() { head.removeAll(keepingCapacity: true) }

    /// Adds the bytes of one read.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress,
            let end = memchr(base, CInt(UInt8(ascii: "\n")), rest.count)
        {
            let length = UnsafeRawPointer(end) - base
            keep(rest.prefix(length))
            countLine()
            rest = rest.dropFirst(length + 1)
        }
        keep(rest)
    }

    private mutating func keep(_ bytes: Slice<UnsafeRawBufferPointer>) {
        head += bytes.prefix(Self.headLength - head.count)
    }

    /// Counts a complete line if it is one of `events`; a response counts only if it has an error.
    private mutating func countLine() {
        defer { reset() }
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
