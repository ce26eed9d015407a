/// The paces of ports that have gone: a program that connects again goes on with what it had left, so that who asked too
/// often gets no new burst by coming and going.
///
/// Of the ports that a process closed the least that one had left counts, until a port would have rested from it. Those that
/// it has open are what they are. Pid 0 is any process of another pid namespace, and shares nothing.
struct FormerPaces: Equatable {
    /// Programs that are remembered at a time. Beyond that nobody is added.
    static let bound = 256

    private var paces: [Program: RequestPace] = [:]

    /// A port has gone.
    mutating func closed(uid: UInt32, pid: Int32, _ pace: RequestPace, at uptime: Int64) {
        guard pid > 0, !pace.isRested(at: uptime) else { return }
        let program = Program(uid: uid, pid: pid)
        if paces.count >= Self.bound { paces = paces.filter { !$0.value.isRested(at: uptime) } }
        guard paces[program] != nil || paces.count < Self.bound else { return }
        paces[program] = paces[program]?.joined(pace, at: uptime) ?? pace
    }

    /// What a port that comes has left; nil if it may have a whole burst.
    mutating func opened(uid: UInt32, pid: Int32, at uptime: Int64) -> RequestPace? {
        let program = Program(uid: uid, pid: pid)
        guard let pace = paces[program] else { return nil }
        guard pace.isRested(at: uptime) else { return pace }
        paces[program] = nil
        return nil
    }
}
