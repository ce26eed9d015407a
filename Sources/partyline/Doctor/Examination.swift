// SPDX-License-Identifier: Apache-2.0
import ConnectStreams
import Glibc
import StreamsProtocol

/// Everything that `doctor` has looked at. The checks are computed from it alone.
struct DoctorFacts {
    struct File: Equatable {
        enum Kind: Equatable {
            case folder, socket, other
        }

        var kind: Kind
        var mode: UInt32
        var uid: UInt32
        /// The owner's name, or the uid as text if it has none.
        var owner: String
    }

    /// The lock file that keeps a second daemon off the socket. A daemon that got its socket from systemd has none.
    enum Lock: Equatable {
        case none
        case free
        case held(pid: Int?)
    }

    /// The daemon's reaction to a connection.
    enum Answer: Equatable {
        case welcome(Welcome, milliseconds: Int)
        case failure(ConnectionError)
    }

    /// The rule that determined the path: `--socket`, `the user service's default`.
    var rule: String
    var place: SocketPlace
    var uid: UInt32
    var folderPath: String
    var folder: File?
    var socket: File?
    var lock = Lock.none
    /// The state of the socket's unit in systemd (`active`); nil without systemd or without a unit.
    var unit: String?
    var answer: Answer
    /// The reply to `getStatus`.
    var status: DaemonStatus?
    /// Why there is no status although the daemon answers.
    var statusFault: String?
    /// The daemon's limit for open files.
    var openFiles: Int?
    /// Milliseconds since 1970.
    var now: Int64
}

/// Collects the facts for `doctor`. It changes nothing.
struct Examination {
    let options: SocketOptions

    func facts() throws -> DoctorFacts {
        let place = try options.place()
        let folder = SocketPath.folder(of: place.path)
        let socket = Self.file(place.path)
        var facts = DoctorFacts(
            rule: rule, place: place, uid: geteuid(), folderPath: folder, folder: Self.file(folder), socket: socket,
            lock: LockTable.lock(of: place.path), unit: place.hasUnit ? SystemdUnit.state(place.instance) : nil,
            answer: .failure(.notRunning(path: place.path)), now: WallClock.milliseconds)
        contactDaemon(&facts)
        facts.openFiles = facts.status.flatMap { Self.openFiles($0.daemon.pid) }
        return facts
    }

    /// The rule that determined the path. They are listed by precedence.
    private var rule: String {
        if options.socket != nil { return "--socket" }
        if let instance = options.instance { return "--instance \(instance)" }
        return Variables.value("PARTYLINE_SOCKET") == nil ? "the user service's default" : "$PARTYLINE_SOCKET"
    }

    private func contactDaemon(_ facts: inout DoctorFacts) {
        let start = ContinuousClock.now
        do {
            let connection = try LineConnection(path: facts.place.path)
            let welcome = try connection.welcome()
            let milliseconds = Int(start.duration(to: .now) / .milliseconds(1))
            facts.answer = .welcome(welcome, milliseconds: milliseconds)
            facts.status = try DaemonStatus(connection.request("getStatus"))
        } catch let error as ConnectionError {
            // A daemon that sends its welcome and nothing more counts as one that does not answer.
            facts.answer = .failure(error)
        } catch let failure as ProtocolFailure {
            facts.statusFault = failure.message
        } catch let fault as JSONFormFault {
            facts.statusFault = fault.description
        } catch {
            // The library throws nothing else here.
        }
    }

    private static func file(_ path: String) -> DoctorFacts.File? {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        let kind: DoctorFacts.File.Kind =
            switch facts.st_mode & S_IFMT {
            case S_IFDIR: .folder
            case S_IFSOCK: .socket
            default: .other
            }
        return DoctorFacts.File(
            kind: kind, mode: facts.st_mode & 0o7777, uid: facts.st_uid,
            owner: UserName.of(facts.st_uid) ?? "\(facts.st_uid)")
    }

    private static func openFiles(_ pid: Int) -> Int? { ProcessLimits.openFiles(SmallFile.text("/proc/\(pid)/limits")) }
}

/// Parses /proc/locks.
enum LockTable {
    /// The process that holds the lock beside the socket at that path; nil if there is none.
    ///
    /// Reads /proc/locks instead of trying the lock: a daemon that starts while the lock is tried would give up.
    static func holder(of path: String) -> Int? {
        // /proc/locks has no device that can be compared, so another file may have this inode. The daemon writes its pid.
        guard case .held(let pid?) = lock(of: path),
            SmallFile.text(path + ".lock").split(separator: "\n").first.flatMap({ Int($0) }) == pid
        else { return nil }
        return pid
    }

    static func lock(of path: String) -> DoctorFacts.Lock {
        var facts = stat()
        guard stat(path + ".lock", &facts) == 0 else { return .none }
        return lock(on: UInt64(facts.st_ino), in: SmallFile.text("/proc/locks"))
    }

    /// `1: FLOCK  ADVISORY  WRITE 4711 00:1b:9047 0 EOF`: device and inode identify the file. The device is ignored
    /// because some file systems show a different one here than in stat(2).
    static func lock(on inode: UInt64, in table: String) -> DoctorFacts.Lock {
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 5, words[1] == "FLOCK", words[5].hasSuffix(":\(inode)") else { continue }
            return .held(pid: Int(words[4]).flatMap { $0 > 0 ? $0 : nil })
        }
        return .free
    }
}

/// Parses /proc/PID/limits.
enum ProcessLimits {
    /// `Max open files            1024                 524288               files`: the first number is the soft limit,
    /// which is the one that applies.
    static func openFiles(_ table: String) -> Int? {
        let line = table.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line?.split(separator: " ").dropFirst(3).first.flatMap { $0 == "unlimited" ? Int.max : Int($0) }
    }
}
