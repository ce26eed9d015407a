// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

@testable import ConduitCore

/// Arbitrary bytes as the two segments of a state journal. A state that is found has to be consistent, and a run has to
/// be able to resume from it.
///
/// The input: a flag that has the checksums corrected (without it few inputs get past the first record), the length of
/// the first segment in two bytes, and the segments.
enum FuzzState {
    static func run(_ bytes: [UInt8]) throws(FuzzFault) {
        var input = FuzzInput(bytes)
        let mends = input.byte() & 1 == 1
        let length = Int(input.byte()) | Int(input.byte()) << 8
        let rest = input.remainder()
        var segments = [Array(rest.prefix(length)), Array(rest.dropFirst(length))]
        if mends { segments = segments.map(mended) }
        let reading = StateCodec.read(segments: segments)
        guard let state = reading.state else { return }
        try check(state)
        try goOn(reading, state, segments)
        resume(state)
    }

    // MARK: The state that was found

    private static func check(_ state: KeptState) throws(FuzzFault) {
        try FuzzFault.unless((1...state.next).contains(state.floor), "the floor \(state.floor) is beyond \(state.next)")
        var least = state.floor
        for line in state.lines {
            try FuzzFault.unless((least..<state.next).contains(line.position), "\(line.position) is out of order")
            least = line.position + 1
        }
        for run in state.runs {
            try FuzzFault.unless(
                run.last < state.next && run.last + 1 >= state.floor, "the run \(run) cannot be resumed from")
        }
    }

    /// Begins a new run where the old one ended. It has to find the same state, and its own changes after that.
    private static func goOn(
        _ reading: StateReading, _ state: KeptState, _ segments: [[UInt8]]
    ) throws(FuzzFault) {
        guard state.next < StateFormat.maxPosition - 10, let tail = reading.tail else { return }
        var segments = segments
        var recorder = StateRecorder(after: reading, segmentBytes: 300)
        guard let begin = try? recorder.begin(epoch: "new", resumes: true) else { throw FuzzFault("no new run") }
        try FuzzFault.unless(begin.offset == tail.end, "the new run does not begin where the old one ends")
        segments[begin.segment] = Array(segments[begin.segment].prefix(begin.offset)) + begin.bytes
        let found = StateCodec.read(segments: segments).state
        let runs = (state.runs + [KeptRun(epoch: "new", last: state.next - 1)]).filter { $0.last + 1 >= state.floor }
        let expected = KeptState(
            runs: runs.suffix(StateFormat.runLimit), lines: state.lines, agent: state.agent, memory: state.memory,
            next: state.next, floor: state.floor)
        try FuzzFault.unless(found == expected, "after a restart there was \(found.debugDescription)")
        try write(&recorder, state, segments)
    }

    /// Writes more than fits in a segment.
    private static func write(
        _ recorder: inout StateRecorder, _ state: KeptState, _ former: [[UInt8]]
    ) throws(FuzzFault) {
        var segments = former
        var lines = state.lines
        for position in state.next..<(state.next + 6) {
            let line = KeptLine(position: position, name: "x::y", time: 0, bytes: KeptLine.bytes(90))
            let change = StateChange(lines: [line], agent: nil, memory: nil, next: position + 1)
            guard let writes = try? recorder.record([change]) else { throw FuzzFault("a change was not written") }
            for write in writes { segments[write.segment] = FuzzDisk.written(write, to: segments[write.segment]) }
            lines.append(line)
            let found = StateCodec.read(segments: segments).state
            let kept = lines.filter { $0.position >= found?.floor ?? .max }
            try FuzzFault.unless(
                found?.next == position + 1 && found?.lines == kept && kept.last == line, "\(position) is lost")
        }
    }

    /// Starts a conduit with the state, which must not trap.
    private static func resume(_ state: KeptState) {
        var conduit = Conduit(settings: FuzzStage.settings("new"), kept: state)
        let now = Moment(wall: 0, uptime: 0)
        let port = PortID(number: 1)
        let peer = Peer(pid: 1, uid: FuzzStage.owner, groups: [], program: nil)
        _ = conduit.handle(.opened(port, peer, nonce: "n"), at: now)
        for run in state.runs.suffix(4) {
            let params: JSON = ["events": ["*"], "since": .string("\(run.epoch):\(run.last)")]
            let data: JSON = ["requestId": 1, "method": "subscribe", "params": params]
            _ = conduit.handle(.line(port, ServerLine.encode(EventName.request, data).dropLast()), at: now)
            _ = conduit.next(for: port, budget: .max)
        }
        if let agent = state.agent { _ = conduit.handle(.agent(agent), at: now) }
        _ = conduit.status
    }

    // MARK: Checksums

    /// Turns the bytes into a segment of complete records with valid checksums.
    private static func mended(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > StateFormat.headerLength else { return bytes }
        // The generation is below 256, so that one segment's is often the other's successor.
        let header = StateFormat.magic + [max(1, bytes[8])] + [UInt8](repeating: 0, count: 7)
        var bytes = header + bytes.dropFirst(StateFormat.headerLength)
        var place = StateFormat.headerLength
        while place + StateFormat.recordHeaderLength <= bytes.count {
            place = mendRecord(&bytes, at: place, UInt64(bytes[8]))
        }
        return bytes
    }

    private static func mendRecord(_ bytes: inout [UInt8], at place: Int, _ generation: UInt64) -> Int {
        let room = bytes.count - place - StateFormat.recordHeaderLength
        let length = min(room, Int(bytes[place + 4]) | Int(bytes[place + 5]) << 8)
        let kinds: [StateFormat.Kind] = [.change, .run]
        let kind = place == StateFormat.headerLength ? .checkpoint : kinds[Int(bytes[place + 8] & 1)]
        let end = place + StateFormat.recordHeaderLength + length
        bytes.withUnsafeMutableBytes { buffer in
            buffer.storeBytes(of: UInt32(length).littleEndian, toByteOffset: place + 4, as: UInt32.self)
            buffer.storeBytes(of: kind.rawValue.littleEndian, toByteOffset: place + 8, as: UInt32.self)
            let sum = StateFormat.checksum(
                UnsafeRawBufferPointer(rebasing: buffer[(place + 4)..<end]), generation: generation, offset: place)
            buffer.storeBytes(of: sum.littleEndian, toByteOffset: place, as: UInt32.self)
        }
        return end
    }
}
