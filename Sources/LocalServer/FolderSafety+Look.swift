import Glibc
public import StreamsProtocol

extension FolderSafety {
    /// Looks at a folder for this process's user; nil if the path is no folder.
    public static func look(at path: String) -> FolderSafety? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        return FolderSafety(mode: status.st_mode, owner: status.st_uid, trusted: [geteuid()])
    }
}
