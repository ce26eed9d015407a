// SPDX-License-Identifier: Apache-2.0

/// The process at the other end of a connection, as the kernel reports it.
public struct Peer: Equatable, Sendable {
    /// The process that connected. It may have passed the socket to another process since.
    public let pid: Int32
    public let uid: UInt32
    /// Its groups, the primary one first.
    public let groups: [UInt32]
    /// The program's name. For the log only: a process can choose its name, and the kernel reuses pids.
    public let program: String?

    public init(pid: Int32, uid: UInt32, groups: [UInt32], program: String?) {
        self.pid = pid
        self.uid = uid
        self.groups = groups
        self.program = program
    }
}
