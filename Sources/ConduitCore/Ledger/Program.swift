/// A program, as far as it can be told from others: a process of a user.
///
/// Pid 0 is any process of another pid namespace, and no program that could be blamed.
struct Program: Hashable {
    let uid: UInt32
    let pid: Int32
}
