// SPDX-License-Identifier: Apache-2.0
import Glibc
import StreamsProtocol
import Systemd

/// Reads the configuration again, from the same file and with the same flags and environment.
struct Reloader: Sendable {
    /// The configuration at the start. Keys that need a restart are compared with it in every reload.
    let started: DaemonConfiguration

    /// Returns the new configuration and what has changed, or its problems; the current one then stays in effect.
    func reload(
        current: DaemonConfiguration
    ) async -> Result<(DaemonConfiguration, ReloadReport), ConfigurationError> {
        ServiceManager.reloading(at: Self.monotonicMicroseconds)
        // After a failure too: systemd waits for the notification.
        defer { ServiceManager.reloaded() }
        do {
            let next = try await DaemonConfiguration.load(
                started.origin.flags, environment: started.origin.environment)
            let report = ReloadReport(started: started, current: current, next: next)
            return .success((next.keepingRestartKeys(of: started), report))
        } catch let error as ConfigurationError {
            return .failure(error)
        } catch {
            return .failure(ConfigurationError(current.file ?? "the configuration", "it cannot be read: \(error)"))
        }
    }

    /// systemd expects the start of a reload on CLOCK_MONOTONIC.
    private static var monotonicMicroseconds: UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1_000
    }
}

extension ConfigurationError {
    /// The error for the client that asked for the reload.
    var reloadError: ProtocolError {
        let count = problems.count == 1 ? "a problem" : "\(problems.count) problems"
        let text = problems.map { "\($0.place): \($0.message)" }.joined(separator: "; ")
        return ProtocolError(
            .invalidParams, "the new configuration has \(count), so the present one stays: \(text)",
            hint: "fix it, check it with partylined --check-config --config FILE, then: partyline reload")
    }
}
