// SPDX-License-Identifier: Apache-2.0
import ConnectStreams
import StreamsProtocol

/// Checks the socket's path, its folder, its permissions, the lock and the unit.
struct PlaceChecks {
    private let facts: DoctorFacts

    init(_ facts: DoctorFacts) { self.facts = facts }

    var all: [DoctorCheck] { [path, folder, socket, lock, unit] }

    private var path: DoctorCheck {
        let limit = SocketPath.lengthLimit
        guard facts.place.path.utf8.count <= limit else {
            return .fail(
                "socket path", "longer than \(limit) bytes: \(facts.place.path)", "partyline --socket PATH doctor")
        }
        return .pass("socket path", "\(facts.place.path), from \(facts.rule)")
    }

    private var folder: DoctorCheck {
        let path = facts.folderPath
        guard let folder = facts.folder else {
            // The daemon creates it. That none runs is reported once, by the check of the daemon.
            return .skip("folder", "\(path) does not exist or is not accessible")
        }
        guard folder.kind == .folder else { return .fail("folder", "\(path) is not a folder", "ls -ld \(path)") }
        let text = "mode \(Self.octal(folder.mode)), owner \(folder.owner)"
        let trusted = Set([facts.uid, facts.socket?.uid].compactMap { $0 })
        switch FolderSafety(mode: folder.mode, owner: folder.uid, trusted: trusted) {
        case .safe: return .pass("folder", text)
        case .writableByOthers:
            return .fail("folder", "other users may write to \(path) (\(text))", "chmod go-w \(path)")
        case .ownedByOthers: return .warn("folder", "\(path) belongs to \(folder.owner)", "ls -ld \(path)")
        }
    }

    private var socket: DoctorCheck {
        guard let socket = facts.socket else {
            return .skip("socket", "\(facts.place.path) does not exist or is not accessible")
        }
        guard socket.kind == .socket else {
            return .fail("socket", "\(facts.place.path) is not a socket", "ls -l \(facts.place.path)")
        }
        let text = "mode \(Self.octal(socket.mode)), owner \(socket.owner)"
        guard socket.mode & 0o002 == 0 else {
            // Shared on purpose if there are rules.
            if let rules = facts.status?.daemon.accessRules, rules > 0 {
                return .pass("socket", "every user may open it, and access.rules decides (\(text))")
            }
            return .warn("socket", "every user may open it (\(text))", "chmod o-rwx \(facts.place.path)")
        }
        return .pass("socket", text)
    }

    private var lock: DoctorCheck {
        switch (facts.lock, facts.answer) {
        case (.held(let pid), _): return .pass("lock", "held" + (pid.map { " by pid \($0)" } ?? ""))
        case (_, .welcome): return .pass("lock", "none held: the socket belongs to systemd or to another user")
        case (.free, .failure) where facts.socket != nil:
            return .skip("lock", "free: the socket was left behind by a daemon that has ended")
        case (.none, .failure), (.free, .failure): return .skip("lock", "none held")
        }
    }

    private var unit: DoctorCheck {
        let systemctl = facts.place.instance == nil ? "systemctl --user" : "sudo systemctl"
        let name = facts.place.instance.map { "partyline@\($0).socket" } ?? "partyline.socket"
        guard let state = facts.unit else { return .skip("unit", "no systemd, or no unit of partyline") }
        if state == "active" { return .pass("unit", "\(name) is active") }
        if case .welcome = facts.answer {
            return .warn("unit", "\(name) is \(state); the daemon was started without it", nil)
        }
        let verb = state == "inactive" ? "start" : "status"
        return .warn("unit", "\(name) is \(state)", "\(systemctl) \(verb) \(name)")
    }

    private static func octal(_ mode: UInt32) -> String {
        "0" + String(mode & 0o7777, radix: 8)
    }
}
