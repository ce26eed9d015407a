// SPDX-License-Identifier: Apache-2.0
@testable import ConnectSimulator

/// Plays a scenario without a clock.
///
/// - Parameters:
///   - start: epoch seconds of the scenario's beginning.
/// - Returns: the initial snapshot and one for each later version.
/// - Throws: `ConfigurationError` that names the step that is not possible.
func play(
    _ scenario: Scenario, seed: UInt64, settings: InstanceSettings = .standard(), start: Double = 1_735_732_800
) throws(ConfigurationError) -> [JSON] {
    var player = Player(instance: SimulatedInstance(settings: settings, seed: seed, now: start))
    var aliases = ScenarioAliases()
    for step in scenario.steps {
        player.advance(to: start + step.at)
        do throws(ControlError) {
            let outcome = try player.instance.control(try aliases.resolve(step), now: start + step.at)
            aliases.note(step, outcome)
        } catch {
            throw ConfigurationError(
                file: scenario.file, line: step.line, key: step.action, message: "at \(step.at) s: \(error.message)")
        }
        player.recordState()
    }
    player.advance(to: start + scenario.duration)
    return player.snapshots
}

/// An instance and the snapshots of all its versions.
private struct Player {
    var instance: SimulatedInstance
    var snapshots: [JSON]
    private var seen: Int

    init(instance: SimulatedInstance) {
        self.instance = instance
        snapshots = [instance.snapshot]
        seen = instance.version
    }

    mutating func advance(to time: Double) {
        while let due = instance.nextDeadline, due <= time {
            instance.advance(to: due)
            recordState()
        }
        instance.advance(to: time)
    }

    mutating func recordState() {
        guard instance.version != seen else { return }
        seen = instance.version
        snapshots.append(instance.snapshot)
    }
}
