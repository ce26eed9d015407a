import Glibc

/// The machine's users and groups by name.
struct Accounts: Sendable {
    /// What is known of a name.
    enum Answer: Equatable, Sendable {
        /// Its number.
        case number(UInt32)
        /// There is no such name.
        case unknown
        /// Whoever knows could not be asked.
        case failed(String)
    }

    let user: @Sendable (String) -> Answer
    let group: @Sendable (String) -> Answer

    /// Those of passwd(5) and group(5), and of whatever nsswitch.conf(5) names beside them.
    static let system = Accounts(
        user: { name in
            lookUp { size in
                var (entry, room) = (passwd(), [CChar](repeating: 0, count: size))
                var found: UnsafeMutablePointer<passwd>?
                let problem = getpwnam_r(name, &entry, &room, size, &found)
                return (found == nil ? nil : entry.pw_uid, problem)
            }
        },
        group: { name in
            lookUp { size in
                var (entry, room) = (Glibc.group(), [CChar](repeating: 0, count: size))
                var found: UnsafeMutablePointer<group>?
                let problem = getgrnam_r(name, &entry, &room, size, &found)
                return (found == nil ? nil : entry.gr_gid, problem)
            }
        })

    /// An entry's texts, such as a group's members, need room of their own: more is tried until they fit.
    private static func lookUp(_ ask: (_ room: Int) -> (number: UInt32?, problem: CInt)) -> Answer {
        var room = 4096
        while room <= 16 << 20 {
            let (number, problem) = ask(room)
            if let number { return .number(number) }
            if problem != ERANGE {
                return unknowns.contains(problem) ? .unknown : .failed(String(cString: strerror(problem)))
            }
            room *= 4
        }
        return .failed("its entry is too long")
    }

    /// What getpwnam(3) lists as ways of saying that there is no such name.
    private static let unknowns: Set<CInt> = [0, ENOENT, ESRCH, EBADF, EPERM]
}
