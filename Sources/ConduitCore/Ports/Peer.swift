/// Who is at the other end of a connection, as the kernel says.
public struct Peer: Equatable, Sendable {
    /// The process that connected. It may have handed the socket on since.
    public let pid: Int32
    public let uid: UInt32
    /// Its groups, the primary one first.
    public let groups: [UInt32]
    /// The program's name, for the log only: names can be chosen freely, and pids are used again.
    public let program: String?

    public init(pid: Int32, uid: UInt32, groups: [UInt32], program: String?) {
        self.pid = pid
        self.uid = uid
        self.groups = groups
        self.program = program
    }
}
