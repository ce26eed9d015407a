// SPDX-License-Identifier: Apache-2.0

/// A line of the daemon without its ending, so that the event log stores it once for all ports. The plain ending is `}`
/// and the newline; a subscriber's ending has clock and time before them.
public struct LineBody: Equatable, Sendable {
    /// The line from its first brace up to its last, which is not included.
    public let bytes: ArraySlice<UInt8>

    /// The ending without clock and time.
    public static let plainEnding: StaticString = "}\n"

    /// The body of a whole line that has the plain ending.
    public init(of line: [UInt8]) { bytes = line.dropLast(Self.plainEnding.utf8CodeUnitCount) }

    /// A slice of a client's line. The slice retains the whole line.
    init(part bytes: ArraySlice<UInt8>) { self.bytes = bytes }
}
