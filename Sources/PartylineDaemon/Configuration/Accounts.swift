// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The machine's users and groups by name.
struct Accounts: Sendable {
    enum Answer: Equatable, Sendable {
        case number(UInt32)
        case unknown
        /// The lookup failed, for this reason.
        case failed(String)
    }

    let user: @Sendable (String) -> Answer
    let group: @Sendable (String) -> Answer

    /// The users and groups of this machine, from all sources in nsswitch.conf(5).
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

    /// Enlarges the buffer for an entry's strings, such as a group's members, until they fit.
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

    /// The errors that getpwnam(3) documents for an unknown name.
    private static let unknowns: Set<CInt> = [0, ENOENT, ESRCH, EBADF, EPERM]
}
