// SPDX-License-Identifier: Apache-2.0

/// The request paces of closed ports. A program that reconnects continues with the tokens that it had left; otherwise it
/// could get a new burst by reconnecting.
///
/// If a process has closed several ports, the one with the fewest tokens counts, until its bucket would be full again. Open
/// ports are not affected. Pid 0 is any process of another pid namespace and is not tracked.
struct FormerPaces: Equatable {
    /// Maximum number of programs that are tracked; further ones are not.
    static let bound = 256

    private var paces: [Program: RequestPace] = [:]

    /// Records the pace of a port that closed.
    mutating func closed(uid: UInt32, pid: Int32, _ pace: RequestPace, at uptime: Int64) {
        guard pid > 0, !pace.isRested(at: uptime) else { return }
        let program = Program(uid: uid, pid: pid)
        if paces.count >= Self.bound { paces = paces.filter { !$0.value.isRested(at: uptime) } }
        guard paces[program] != nil || paces.count < Self.bound else { return }
        paces[program] = paces[program]?.merged(pace, at: uptime) ?? pace
    }

    /// The pace that a new port continues with; nil if it starts with a full burst.
    mutating func opened(uid: UInt32, pid: Int32, at uptime: Int64) -> RequestPace? {
        let program = Program(uid: uid, pid: pid)
        guard let pace = paces[program] else { return nil }
        guard pace.isRested(at: uptime) else { return pace }
        paces[program] = nil
        return nil
    }
}
