// SPDX-License-Identifier: Apache-2.0

/// The decoded segments of a state journal.
public struct StateReading: Equatable, Sendable {
    /// The state to restore; nil if there is none or it is unreadable.
    public let state: KeptState?
    /// Messages about data that was ignored.
    public let notes: [String]
    /// Where the journal continues; nil without a state.
    let tail: Tail?

    /// The end of the last complete record.
    struct Tail: Equatable {
        let segment: Int
        let generation: UInt64
        let epoch: String
        /// The end of the segment's checkpoint.
        let start: Int
        let end: Int
    }
}

/// Decodes the segments that a `StateRecorder` has written.
public enum StateCodec {
    /// Returns the state after the last complete change.
    ///
    /// The newest segment contains everything but older events. These are in the segment of the preceding generation, which
    /// is used only if it extends to the position at which the newest one begins. The run that wrote last becomes the last of
    /// the previous runs.
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
        // A client of a run that ended before the floor has missed events that are gone, so it could not resume.
        let runs = segment.allRuns.filter { $0.last + 1 >= floor }.suffix(StateFormat.runLimit)
        return KeptState(
            runs: Array(runs), lines: (older?.lines ?? []) + segment.lines, agent: segment.agent,
            memory: segment.memory, next: segment.next, floor: floor)
    }

    private static func note(_ index: Int, _ segment: StateSegment?, _ bytes: [UInt8]) -> String? {
        guard let segment else { return bytes.isEmpty ? nil : "segment \(index) has no complete checkpoint" }
        let rest = bytes.count - segment.end
        guard rest > 0 else { return nil }
        return "segment \(index) has \(rest) trailing bytes that are no record of generation \(segment.generation)"
    }
}
