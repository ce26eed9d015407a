// SPDX-License-Identifier: Apache-2.0
import Glibc
import LocalServer
import StreamsProtocol

/// A folder with the two state files of a daemon. They are readable by this user only, and locked by this process.
struct StateFolder {
    let path: String
    /// True if the folder is for the state alone; it is then created if it is missing.
    let isOurs: Bool

    func place(_ name: String) throws(StateProblem) -> StatePlace {
        if isOurs, mkdir(path, 0o700) != 0, errno != EEXIST {
            throw .system("cannot create the folder \(path)", "create it: mkdir -p -m 700 \(path)")
        }
        try check()
        let first = try open("\(path)/\(name).state.a")
        do throws(StateProblem) {
            let second = try open("\(path)/\(name).state.b")
            return StatePlace(name: "\(path)/\(name).state.a and .b", segments: [first, second])
        } catch {
            close(first.descriptor)
            throw error
        }
    }

    private func check() throws(StateProblem) {
        switch FolderSafety.look(at: path) {
        case .safe: return
        case nil:
            throw StateProblem(
                message: "\(path) is not a folder, so nothing is kept for a restart",
                hint: "choose another place: --set state.directory=DIR")
        case .writableByOthers, .ownedByOthers:
            throw StateProblem(
                message: "others may change the folder \(path), so nothing is kept there for a restart",
                hint: "chmod 700 \(path), or choose another place: --set state.directory=DIR")
        }
    }

    private func open(_ file: String) throws(StateProblem) -> StateFile {
        let descriptor = Glibc.open(file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else {
            throw .system(
                "cannot open \(file), so nothing is kept for a restart",
                "remove it, or choose another place: --set state.directory=DIR")
        }
        do throws(StateProblem) {
            try check(descriptor, file)
            return StateFile(descriptor: descriptor, name: file)
        } catch {
            close(descriptor)
            throw error
        }
    }

    private func check(_ descriptor: CInt, _ file: String) throws(StateProblem) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("cannot inspect \(file)", "remove it") }
        let isAlone = status.st_mode & S_IFMT == S_IFREG && status.st_nlink == 1 && status.st_uid == geteuid()
        guard isAlone, status.st_mode & 0o7777 == 0o600 else {
            throw StateProblem(
                message: "\(file) is not a file of mode 0600 that only user \(geteuid()) owns, so it is not used",
                hint: "remove it and start partylined again: rm \(file)")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw .system(
                "cannot lock \(file), so nothing is kept for a restart",
                "if another partylined uses it, choose another place: --set state.directory=DIR")
        }
    }
}
