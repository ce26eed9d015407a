/// What the segments of a state journal say.
public struct StateReading: Equatable, Sendable {
    /// What a restart goes on from; nil if there is nothing, or nothing that can be read.
    public let state: KeptState?
    /// What was left out, in words.
    public let notes: [String]
    /// Where the journal goes on; nil without a state.
    let tail: Tail?

    /// The place after the last whole record.
    struct Tail: Equatable {
        let segment: Int
        let generation: UInt64
        let epoch: String
        /// Where the segment's checkpoint ends.
        let start: Int
        let end: Int
    }
}

/// Reads what a `StateRecorder` had written.
public enum StateCodec {
    /// The state after the last change that is whole.
    ///
    /// The newest segment says everything but the older events: those are in the segment of the generation before, which
    /// counts if it goes as far as to where the newest begins. The run that wrote last is over, and is the last of the
    /// former runs.
    public static func read(segments: [[UInt8]]) -> StateReading {
        let read = segments.map { StateSegment($0) }
        let newest = read.indices.max { (read[$0]?.generation ?? 0) < (read[$1]?.generation ?? 0) }
        let notes = read.indices.compactMap { note($0, read[$0], segments[$0]) }
        guard let newest, let segment = read[newest] else { return StateReading(state: nil, notes: notes, tail: nil) }
        let older = read.lazy.compactMap { $0 }.first { older in
            older.generation + 1 == segment.generation && older.next == segment.floor
        }
        return StateReading(
            state: join(older, segment), notes: notes,
            tail: StateReading.Tail(
                segment: newest, generation: segment.generation, epoch: segment.epoch, start: segment.start,
                end: segment.end))
    }

    private static func join(_ older: StateSegment?, _ segment: StateSegment) -> KeptState {
        let floor = older?.floor ?? segment.floor
        // Whoever stopped before the floor cannot be told all that came since, so his run is of no use.
        let runs = segment.allRuns.filter { $0.last + 1 >= floor }.suffix(StateFormat.runLimit)
        return KeptState(
            runs: Array(runs), lines: (older?.lines ?? []) + segment.lines, agent: segment.agent,
            memory: segment.memory, next: segment.next, floor: floor)
    }

    private static func note(_ index: Int, _ segment: StateSegment?, _ bytes: [UInt8]) -> String? {
        guard let segment else { return bytes.isEmpty ? nil : "segment \(index) has no whole checkpoint" }
        let rest = bytes.count - segment.end
        guard rest > 0 else { return nil }
        return "segment \(index) goes on for \(rest) bytes that are no record of generation \(segment.generation)"
    }
}
