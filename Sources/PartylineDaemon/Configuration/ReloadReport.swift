// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Glibc

/// The changes by a reload. It contains keys but no values: a value may be a secret.
struct ReloadReport: Equatable, Sendable {
    /// Keys whose new values are in effect.
    let applied: [String]
    /// Keys whose values differ from those that the daemon was started with. They need a restart.
    let pending: [String]
    let warnings: [String]

    init(started: DaemonConfiguration, current: DaemonConfiguration, next: DaemonConfiguration) {
        applied = ConfigurationKeys.all.filter { $0.isLive && $0.differs(current.settings, next.settings) }.map(\.path)
        pending = ConfigurationKeys.all.filter { !$0.isLive && $0.differs(started.settings, next.settings) }.map(\.path)
        warnings = next.warnings(ownUid: geteuid())
    }

    /// The reply to the request `reload`.
    var json: JSON {
        [
            "applied": .array(applied.map { .string($0) }), "needRestart": .array(pending.map { .string($0) }),
            "warnings": .array(warnings.map { .string($0) }),
        ]
    }

    /// One line for the log.
    var summary: String {
        if applied.isEmpty, pending.isEmpty { return "the configuration was read again; nothing has changed" }
        var parts: [String] = []
        if !applied.isEmpty { parts.append("applied: \(applied.joined(separator: ", "))") }
        if !pending.isEmpty { parts.append("needs a restart: \(pending.joined(separator: ", "))") }
        return "the configuration was read again; " + parts.joined(separator: "; ")
    }
}
