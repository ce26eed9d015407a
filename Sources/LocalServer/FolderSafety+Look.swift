// SPDX-License-Identifier: Apache-2.0
import Glibc
public import StreamsProtocol

extension FolderSafety {
    /// Inspects a folder on behalf of this process's user; nil if the path is not a folder.
    public static func look(at path: String) -> FolderSafety? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        return FolderSafety(mode: status.st_mode, owner: status.st_uid, trusted: [geteuid()])
    }
}
