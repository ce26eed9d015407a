// SPDX-License-Identifier: Apache-2.0
import Logging

/// Plays one scenario at a time. A new one replaces the one that is running.
actor ScenarioPlayer {
    private let host: InstanceHost
    private let clock: VirtualClock
    private let logger: Logger
    private var running: Task<Void, Never>?

    init(host: InstanceHost, clock: VirtualClock, logger: Logger) {
        (self.host, self.clock, self.logger) = (host, clock, logger)
    }

    func play(_ scenario: Scenario) {
        stop()
        running = Task { [host, clock, logger] in await Self.play(scenario, host, clock, logger) }
    }

    func stop() {
        running?.cancel()
        running = nil
    }

    private static func play(
        _ scenario: Scenario, _ host: InstanceHost, _ clock: VirtualClock, _ logger: Logger
    ) async {
        let start = clock.now
        var aliases = ScenarioAliases()
        for step in scenario.steps {
            // The sleep throws only if the task is cancelled, which the next line handles.
            try? await Task.sleep(for: clock.wait(until: start + step.at))
            guard !Task.isCancelled else { return }
            do throws(ControlError) {
                aliases.note(step, try await host.control(try aliases.resolve(step), named: step.action))
                logger.info("scenario: \(step.action)", metadata: ["at": "\(step.at)"])
            } catch {
                // The live agent may have changed the contact's state: skip the step and continue.
                logger.warning("scenario: \(step.action) at \(step.at) s (line \(step.line)): \(error.message)")
            }
        }
    }
}
