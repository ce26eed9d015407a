/// What is kept for a restart, and where.
struct StateConfiguration: Equatable, Sendable {
    /// True unless it was turned off.
    let isKept: Bool
    /// The folder of its files where `state.directory` names one; else `StatePlace` finds a place.
    let directory: String?
    /// Bytes of a segment; there are two.
    let segmentBytes: Int

    init(_ values: ConfigurationValues) {
        isKept = values.required("state.keep") == "auto"
        directory = values.text("state.directory")
        segmentBytes = values.integer("state.bytes")
    }
}
