/// Whether a folder is safe for a socket or a state file, by the same rule for daemon and clients.
public enum FolderSafety: Equatable, Sendable {
    /// Only trusted users may rename or replace what is in it.
    case safe
    /// Other users may write to it, and it is not sticky: they could swap what is in it for files of theirs.
    case writableByOthers
    /// Its owner, who may do the same, is neither root nor trusted.
    case ownedByOthers

    /// Judges a folder by its mode and its owner's uid.
    public init(mode: UInt32, owner: UInt32, trusted: Set<UInt32>) {
        let isSticky = mode & 0o1000 != 0
        if mode & 0o022 != 0, !isSticky {
            self = .writableByOthers
        } else {
            self = owner == 0 || trusted.contains(owner) ? .safe : .ownedByOthers
        }
    }
}
