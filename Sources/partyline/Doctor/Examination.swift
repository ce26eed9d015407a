import ConnectStreams
import Glibc
import StreamsProtocol

/// All that `doctor` has found out; what it makes of it is decided without looking again.
struct DoctorFacts {
    /// A file or a folder.
    struct File: Equatable {
        enum Kind: Equatable {
            case folder, socket, other
        }

        var kind: Kind
        var mode: UInt32
        var uid: UInt32
        /// The owner by name.
        var owner: String
    }

    /// The file by which a daemon that made its socket itself keeps others away.
    enum Lock: Equatable {
        case none
        case free
        case held(pid: Int?)
    }

    /// What the daemon said when it was called.
    enum Answer: Equatable {
        case welcome(Welcome, milliseconds: Int)
        case failure(ConnectionError)
    }

    /// Which rule gave the path: `--socket`, `the user service's place`.
    var rule: String
    var place: SocketPlace
    var uid: UInt32
    var folderPath: String
    var folder: File?
    var socket: File?
    var lock = Lock.none
    /// systemd's word on the socket's unit (`active`); nil where there is no systemd or no unit.
    var unit: String?
    var answer: Answer
    /// What `getStatus` answered.
    var status: DaemonStatus?
    /// Why there is no status although the daemon answers.
    var statusFault: String?
    /// How many files the daemon may open.
    var openFiles: Int?
    /// Milliseconds since 1970.
    var now: Int64
}

/// Finds out what the doctor judges by. It looks, and changes nothing.
struct Examination {
    let options: SocketOptions

    func facts() throws -> DoctorFacts {
        let place = try options.place()
        let folder = SocketPath.folder(of: place.path)
        let socket = Self.file(place.path)
        var facts = DoctorFacts(
            rule: rule, place: place, uid: geteuid(), folderPath: folder, folder: Self.file(folder), socket: socket,
            lock: Self.lock(place.path), unit: place.hasUnit ? SystemdUnit.state(place.instance) : nil,
            answer: .failure(.notRunning(path: place.path)), now: WallClock.milliseconds)
        call(&facts)
        facts.openFiles = facts.status.flatMap { Self.openFiles($0.daemon.pid) }
        return facts
    }

    /// Which of the rules decided, in the order in which they count.
    private var rule: String {
        if options.socket != nil { return "--socket" }
        if Variables.value("PARTYLINE_SOCKET") != nil { return "$PARTYLINE_SOCKET" }
        return options.instance.map { "--instance \($0)" } ?? "the user service's place"
    }

    private func call(_ facts: inout DoctorFacts) {
        let start = ContinuousClock.now
        do {
            let connection = try LineConnection(path: facts.place.path)
            let welcome = try connection.welcome()
            let milliseconds = Int(start.duration(to: .now) / .milliseconds(1))
            facts.answer = .welcome(welcome, milliseconds: milliseconds)
            facts.status = try DaemonStatus(connection.request("getStatus"))
        } catch let error as ConnectionError {
            // A daemon that welcomes and then keeps silent is one that does not answer.
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
        let owner = getpwuid(facts.st_uid).map { String(cString: $0.pointee.pw_name) }
        return DoctorFacts.File(
            kind: kind, mode: facts.st_mode & 0o7777, uid: facts.st_uid, owner: owner ?? "\(facts.st_uid)")
    }

    /// Read in the kernel's list: to try the lock would mean to hold it, if only for a moment, and a daemon that starts in
    /// that moment would give up.
    private static func lock(_ path: String) -> DoctorFacts.Lock {
        var facts = stat()
        guard stat(path + ".lock", &facts) == 0 else { return .none }
        return LockTable.lock(on: UInt64(facts.st_ino), in: SmallFile.text("/proc/locks"))
    }

    private static func openFiles(_ pid: Int) -> Int? { ProcessLimits.openFiles(SmallFile.text("/proc/\(pid)/limits")) }
}

/// The kernel's list of locks.
enum LockTable {
    /// `1: FLOCK  ADVISORY  WRITE 4711 00:1b:9047 0 EOF`: the file is named by its device and its number. The device is left
    /// out, because some file systems show another one here than to stat(2).
    static func lock(on inode: UInt64, in table: String) -> DoctorFacts.Lock {
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 5, words[1] == "FLOCK", words[5].hasSuffix(":\(inode)") else { continue }
            return .held(pid: Int(words[4]).flatMap { $0 > 0 ? $0 : nil })
        }
        return .free
    }
}

/// The kernel's list of a process's limits.
enum ProcessLimits {
    /// `Max open files            1024                 524288               files`: the first number holds.
    static func openFiles(_ table: String) -> Int? {
        let line = table.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line?.split(separator: " ").dropFirst(3).first.flatMap { $0 == "unlimited" ? Int.max : Int($0) }
    }
}
