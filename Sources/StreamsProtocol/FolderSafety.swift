// SPDX-License-Identifier: Apache-2.0

/// Whether a folder is safe for a socket or a state file. Daemon and clients apply the same rule.
public enum FolderSafety: Equatable, Sendable {
    /// Only trusted users can rename or replace files in it.
    case safe
    /// Other users can write to it and it is not sticky, so they could replace files in it with their own.
    case writableByOthers
    /// Its owner is neither root nor trusted, and could replace files in it.
    case ownedByOthers

    public init(mode: UInt32, owner: UInt32, trusted: Set<UInt32>) {
        let isSticky = mode & 0o1000 != 0
        if mode & 0o022 != 0, !isSticky {
            self = .writableByOthers
        } else {
            self = owner == 0 || trusted.contains(owner) ? .safe : .ownedByOthers
        }
    }
}
