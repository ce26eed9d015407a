import AgentModel
import ConnectStreams
import Glibc

/// Finds out what the doctor judges by. It looks, and changes nothing.
struct Examination {
    let options: SocketOptions

    func facts() throws -> DoctorFacts {
        let place = try options.place()
        let folder = Self.folder(of: place.path)
        let socket = Self.file(place.path)
        var facts = DoctorFacts(
            rule: rule, place: place, uid: geteuid(), folderPath: folder, folder: Self.file(folder), socket: socket,
            lock: Self.lock(place.path), unit: place.hasUnit ? SystemdUnit.state(place.instance) : nil,
            answer: .failure(.notRunning(path: place.path)), now: WallClock.milliseconds)
        call(&facts)
        facts.openFiles = facts.status?["daemon"]?["pid"]?.int.flatMap(Self.openFiles)
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
            facts.status = try connection.request("getStatus")
        } catch let error as ConnectionError {
            // A daemon that welcomes and then keeps silent is one that does not answer.
            facts.answer = .failure(error)
        } catch let failure as ProtocolFailure {
            facts.statusFailure = failure
        } catch {
            // The library throws nothing else here.
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
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
