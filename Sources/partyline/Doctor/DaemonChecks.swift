// SPDX-License-Identifier: Apache-2.0
import ConnectStreams
import StreamsProtocol

/// Checks whether the daemon answers, and what it can do for this user.
struct DaemonChecks {
    private let facts: DoctorFacts

    init(_ facts: DoctorFacts) { self.facts = facts }

    var all: [DoctorCheck] { [answer, version, capabilities, role, files] }

    private var welcome: Welcome? {
        guard case .welcome(let welcome, _) = facts.answer else { return nil }
        return welcome
    }

    private var answer: DoctorCheck {
        switch facts.answer {
        case .welcome(_, let milliseconds) where milliseconds <= 1000:
            return .pass("daemon", "answers in \(milliseconds) ms")
        case .welcome(_, let milliseconds):
            return .warn("daemon", "answers only after \(Text.tenths(Double(milliseconds) / 1000)) s", "uptime")
        case .failure where facts.socket.map({ $0.kind != .socket }) ?? false:
            return .skip("daemon", "there is no socket")
        case .failure(let error):
            let failure = FailureText.failure(error, facts.place)
            return .fail("daemon", failure.message, failure.next.first)
        }
    }

    private var version: DoctorCheck {
        guard let welcome else { return .skip("version", "the daemon did not answer") }
        let own = Partyline.version
        let number = welcome.protocolVersion.map(String.init) ?? "?"
        let text = "partylined \(welcome.daemonVersion ?? "?"), protocol \(number)"
        guard welcome.protocolVersion == Partyline.protocolVersion else {
            return .fail("version", "\(text); this is protocol \(Partyline.protocolVersion)", restart)
        }
        guard welcome.daemonVersion == own else { return .warn("version", "\(text); this is \(own)", restart) }
        return .pass("version", text)
    }

    private var capabilities: DoctorCheck {
        guard let welcome else { return .skip("capabilities", "the daemon did not answer") }
        let missing = ["getStatus", "subscribe", "call", "sync"].filter { !welcome.capabilities.contains($0) }
        guard missing.isEmpty else {
            return .warn("capabilities", "this daemon has no \(missing.joined(separator: ", "))", restart)
        }
        return .pass("capabilities", "\(welcome.capabilities.count), subscriptions and calls among them")
    }

    private var role: DoctorCheck {
        guard let welcome else { return .skip("role", "the daemon did not answer") }
        let name = welcome.role ?? "unknown"
        return .pass("role", name + (Role(rawValue: name).map { ": \(Self.meaning($0))" } ?? ""))
    }

    private static func meaning(_ role: Role) -> String {
        switch role {
        case .presence: "may see only the agent's state"
        case .observer: "may see everything but do nothing"
        case .operator: "may see and do everything that an agent does"
        case .admin: "may do everything"
        }
    }

    /// Each port is one of the daemon's open files.
    private var files: DoctorCheck {
        guard let limit = facts.openFiles else {
            return .skip("open files", "the daemon's limit cannot be read here")
        }
        let ports = facts.status?.ports.count ?? 0
        let allowed = facts.status?.limits[.uidPorts] ?? 0
        guard limit >= ports + 64 else {
            return .fail("open files", "the daemon may open \(limit) and has \(ports) ports", raise)
        }
        guard limit >= allowed + 64 else {
            return .warn("open files", "the daemon may open \(limit), but a user may have \(allowed) ports", raise)
        }
        return .pass("open files", "the daemon may open \(limit)")
    }

    private var restart: String { facts.place.restartCommand }
    private var raise: String { facts.place.editCommand("LimitNOFILE=65536") }
}
