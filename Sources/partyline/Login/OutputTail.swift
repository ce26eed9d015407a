// SPDX-License-Identifier: Apache-2.0

/// The end of what a program has written.
struct OutputTail {
    private static let limit = 4096
    private var bytes: [UInt8] = []

    mutating func append(_ more: some Collection<UInt8>) {
        bytes += more
        if bytes.count > Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
    }

    /// The last lines that are not empty, each cut to a length that a message can have.
    func lines(_ count: Int = 3) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).suffix(count)
            .map { Text.cut(String($0), 300) }
    }
}
