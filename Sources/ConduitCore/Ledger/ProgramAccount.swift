// SPDX-License-Identifier: Apache-2.0

/// The total usage of one program's ports.
///
/// Exists as long as the program has a port. `PortAccount` updates the totals.
final class ProgramAccount {
    var ports = 0
    var bytes = 0
    var requests = 0
}
