// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import StreamsProtocol

/// The folder in which the browser keeps the cookies of one daemon's sign-in. Other users must not be able to change it:
/// they could sign the daemon in as another person.
struct BrowserProfile: Equatable {
    let path: String

    /// Nil if no variable says where state is kept.
    init?(
        socket: String, workingFolder: String = FileManager.default.currentDirectoryPath,
        variable: (String) -> String? = Variables.value
    ) {
        guard let folder = Self.folder(variable) else { return nil }
        let runtime = variable("XDG_RUNTIME_DIR").map { ["XDG_RUNTIME_DIR": $0] } ?? [:]
        let isDefault = socket == SocketPath.resolve(explicit: nil, instance: nil, environment: runtime)
        let absolute = socket.hasPrefix("/") ? socket : "\(workingFolder)/\(socket)"
        path = "\(folder)/\(isDefault ? "default" : Self.shortened(Self.name(of: Self.resolved(absolute)))).browser"
    }

    /// The path with its folder's links and dots resolved, so that a daemon has one profile however its socket is written.
    private static func resolved(_ socket: String) -> String {
        guard let folder = realpath(SocketPath.folder(of: socket), nil) else { return socket }
        defer { free(folder) }
        let path = String(cString: folder)
        return (path == "/" ? "" : path) + "/\(socket.split(separator: "/").last ?? "")"
    }

    /// A file's name has at most 255 bytes.
    private static func shortened(_ name: String) -> String {
        guard name.utf8.count > 200 else { return name }
        // FNV-1a: the same in every run.
        let hash = name.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(decoding: name.utf8.prefix(150), as: UTF8.self) + "-" + String(hash, radix: 16)
    }

    /// The daemon's rule for the user service.
    private static func folder(_ variable: (String) -> String?) -> String? {
        [(variable("XDG_STATE_HOME"), "/partyline"), (variable("HOME"), "/.local/state/partyline")]
            .compactMap { folder, rest in folder.flatMap { $0.hasPrefix("/") ? $0 + rest : nil } }.first
    }

    /// `@NAME` for the socket of a system service, as in the name of its unit; for any other socket its path. Two sockets
    /// never get the same name: `@` and the slash at the beginning tell the two kinds apart.
    private static func name(of socket: String) -> String {
        let file = socket.split(separator: "/").last ?? ""
        guard SocketPath.folder(of: socket) == "/run/partyline", file.hasSuffix(".sock") else {
            return escaped(socket[...])
        }
        return "@" + escaped(file.dropLast(".sock".count))
    }

    /// The text with a dash for each slash, and `%` with a hexadecimal number for bytes that would be ambiguous or unusual.
    private static func escaped(_ text: Substring) -> String {
        text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case UInt8(ascii: "/"): result += "-"
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }

    /// Makes the folder of all profiles.
    func prepareFolder(uid: UInt32 = geteuid()) throws(CommandFailure) {
        try Self.makeFolder(SocketPath.folder(of: path))
        try checkParent(uid)
    }

    /// Makes the folder, closed to other users.
    ///
    /// - Parameter isNew: removes what is in it before. A browser that knows a former sign-in would sign in as that person,
    ///   without a question.
    func prepare(isNew: Bool, uid: UInt32 = geteuid()) throws(CommandFailure) {
        try prepareFolder(uid: uid)
        if isNew { try remove(uid: uid) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw systemFailure("cannot be made") }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemFailure("cannot be used") }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_uid == uid else { throw failure("belongs to another user") }
        guard fchmod(descriptor, 0o700) == 0 else { throw systemFailure("cannot be closed to other users") }
    }

    /// Removes the folder with all that is in it, if there is one.
    func remove(uid: UInt32 = geteuid()) throws(CommandFailure) {
        var facts = stat()
        guard lstat(path, &facts) == 0 else {
            if errno == ENOENT { return }
            throw systemFailure("cannot be removed")
        }
        guard facts.st_mode & S_IFMT == S_IFDIR else { throw failure("is not a folder") }
        guard facts.st_uid == uid else { throw failure("belongs to another user") }
        do { try FileManager.default.removeItem(atPath: path) } catch {
            // Another process may have removed it, or parts of it.
            guard access(path, F_OK) != 0 else { throw failure("cannot be removed") }
        }
    }

    /// Removes it when the daemon has cookies of another sign-in, or none any more. A failure is only reported, because what the
    /// person wanted is done.
    func forget() {
        do throws(CommandFailure) { try remove() } catch { error.lines().forEach { Console.error($0) } }
    }

    private static func makeFolder(_ folder: String) throws(CommandFailure) {
        guard access(folder, F_OK) != 0 else { return }
        if folder != "/" { try makeFolder(SocketPath.folder(of: folder)) }
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw CommandFailure(
                status: .failure, message: "cannot make the folder \(folder): \(String(cString: strerror(errno)))",
                next: ["ls -ld \(SocketPath.folder(of: folder))"])
        }
    }

    private func checkParent(_ uid: UInt32) throws(CommandFailure) {
        let folder = SocketPath.folder(of: path)
        var facts = stat()
        let isSafe =
            stat(folder, &facts) == 0
            && FolderSafety(mode: facts.st_mode, owner: facts.st_uid, trusted: [uid]) == .safe
        guard !isSafe else { return }
        throw CommandFailure(
            status: .failure,
            message: "other users can change the folder \(folder), so no browser profile is kept in it",
            next: ["chmod go-w \(folder)", "ls -ld \(folder)"])
    }

    private func systemFailure(_ what: String) -> CommandFailure {
        failure("\(what): \(String(cString: strerror(errno)))")
    }

    private func failure(_ what: String) -> CommandFailure {
        CommandFailure(
            status: .failure, message: "the browser profile \(path) \(what)",
            next: ["ls -ld \(path)", "rm -r \(path)   if it may go"])
    }
}
