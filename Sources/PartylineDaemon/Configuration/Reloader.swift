import Glibc
import StreamsProtocol
import Systemd

/// Reads the configuration again, from the same places with the same flags.
struct Reloader: Sendable {
    /// The configuration of the start: settings that take a restart are compared with it, also after other reloads.
    let started: DaemonConfiguration

    /// The new configuration with what has changed; or what is wrong with it, and the present one stays.
    func reload(
        current: DaemonConfiguration
    ) async -> Result<(DaemonConfiguration, ReloadReport), ConfigurationError> {
        ServiceManager.reloading(at: Self.monotonicMicroseconds)
        // Also after a failure, because systemd waits for it.
        defer { ServiceManager.reloaded() }
        do {
            let next = try await DaemonConfiguration.load(
                started.origin.flags, environment: started.origin.environment)
            return .success((next.keeping(started), ReloadReport(started: started, current: current, next: next)))
        } catch let error as ConfigurationError {
            return .failure(error)
        } catch {
            return .failure(ConfigurationError(current.file ?? "the configuration", "it cannot be read: \(error)"))
        }
    }

    /// systemd compares the beginning of a reload with CLOCK_MONOTONIC.
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
            hint: "mend it, check it with partylined --check-config --config FILE, then: partyline reload")
    }
}
