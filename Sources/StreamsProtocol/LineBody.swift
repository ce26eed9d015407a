/// A line of the daemon but for its ending: a plain one is `}` and the newline, a subscriber's has clock and time before
/// them. What is kept of a line that many are told.
public struct LineBody: Equatable, Sendable {
    /// From the first brace to before the last.
    public let bytes: ArraySlice<UInt8>

    /// What a line has after its body that has nothing more to say.
    public static let plainEnding: StaticString = "}\n"

    /// A whole line's, with the plain ending.
    public init(of line: [UInt8]) { bytes = line.dropLast(Self.plainEnding.utf8CodeUnitCount) }

    /// A part of what a client said: all that it said on that line stays as long as this does.
    init(part bytes: ArraySlice<UInt8>) { self.bytes = bytes }
}
