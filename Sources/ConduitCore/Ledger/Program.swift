// SPDX-License-Identifier: Apache-2.0

/// Identifies a program by its user and process.
///
/// Pid 0 is any process of another pid namespace and does not identify a program.
struct Program: Hashable {
    let uid: UInt32
    let pid: Int32
}
