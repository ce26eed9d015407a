@testable import ConnectSimulator

/// Plays a scenario without a clock.
///
/// - Parameters:
///   - start: epoch seconds of the scenario's beginning.
/// - Returns: every snapshot that somebody who polls without a pause would see, the first one included.
/// - Throws: `ConfigurationError` that names the step that cannot be taken.
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
                file: scenario.file, line: step.line, key: step.word, message: "at \(step.at) s: \(error.message)")
        }
        player.look()
    }
    player.advance(to: start + scenario.duration)
    return player.snapshots
}

/// An instance and everything that could be seen of it.
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
            look()
        }
        instance.advance(to: time)
    }

    mutating func look() {
        guard instance.version != seen else { return }
        seen = instance.version
        snapshots.append(instance.snapshot)
    }
}
