// SPDX-License-Identifier: Apache-2.0

/// Splits what a browser sends over a DevTools pipe into messages. A NUL ends each.
struct DevToolsFramer {
    /// A page with a very long title or URL must not make this program use all memory.
    static let limit = 16 << 20

    private let limit: Int
    private var message: [UInt8] = []

    init(limit: Int = DevToolsFramer.limit) { self.limit = limit }

    /// The messages that are complete now.
    mutating func push(_ bytes: some Collection<UInt8>) throws(DevToolsFault) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0) {
            try append(rest[..<end])
            result.append(message)
            message = []
            rest = rest[end...].dropFirst()
        }
        try append(rest)
        return result
    }

    private mutating func append(_ bytes: some Collection<UInt8>) throws(DevToolsFault) {
        guard message.count + bytes.count <= limit else { throw .tooLong(limit) }
        message += bytes
    }
}

/// Why what a browser sent cannot be used.
enum DevToolsFault: Error, Equatable {
    case tooLong(Int)
    case malformed
}

extension DevToolsFault: CustomStringConvertible {
    /// Without the content, which may be cookies.
    var description: String {
        switch self {
        case .tooLong(let limit): "a DevTools message of the browser is longer than \(Text.size(limit))"
        case .malformed: "a DevTools message of the browser is not valid JSON"
        }
    }
}
