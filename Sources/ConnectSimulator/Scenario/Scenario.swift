// SPDX-License-Identifier: Apache-2.0

/// Control steps with the times at which they are carried out.
struct Scenario: Sendable, Equatable {
    struct Step: Sendable, Equatable {
        /// Seconds after the start.
        var at: Double
        /// The name of the control action (`do:` in the file).
        var action: String
        /// The action's parameters; `contact` is an alias.
        var members: [String: JSON]
        /// The alias of the contact that the step creates.
        var alias: String?
        /// The step's line in its file.
        var line: Int
    }

    var file: String
    /// Sorted by time; steps at the same time are in the file's order.
    var steps: [Step]
    /// Seconds; at least the time of the last step.
    var duration: Double

    /// - Throws: `ConfigurationError` with the line and key of the error.
    init(yaml: String, file: String) throws(ConfigurationError) {
        self.file = file
        var root = try YAMLReader(YAMLValue(text: yaml, file: file), file: file)
        _ = try root.string("description")
        guard let readers = try root.mappings("steps") else {
            throw root.error("steps", "is required: a list of steps")
        }
        let lasts = try root.number("duration")
        try root.finish()
        var steps: [Step] = []
        var aliases: Set<String> = []
        for reader in readers {
            let step = try Self.step(reader, aliases)
            if let alias = step.alias { aliases.insert(alias) }
            steps.append(step)
        }
        self.steps = steps.enumerated()
            .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        duration = max(lasts ?? 0, self.steps.last?.at ?? 0)
    }

    /// Rejects steps that this instance can never carry out, at the start instead of in the middle of the scenario. Plays them on
    /// an instance of its own. Whether the present state allows a step (409) depends on the agent, who may be a client, too.
    func check(_ settings: InstanceSettings) throws(ConfigurationError) {
        var instance = SimulatedInstance(settings: settings, seed: 0, now: 0)
        var aliases = ScenarioAliases()
        var known: Set<String> = []
        for step in steps {
            if let name = step.members["contact"]?.string, !known.contains(name) {
                throw error(step, "contact", "no step before \(step.at) s has the alias (as:) '\(name)'")
            }
            if let alias = step.alias { known.insert(alias) }
            if step.action == "failover", settings.otherARN == nil, step.members["active"] == "other" {
                throw error(
                    step, "active",
                    "this instance has no other region: start it with --other-arn or set instance.otherArn")
            }
            do throws(ControlError) {
                aliases.note(step, try instance.control(try aliases.resolve(step), now: step.at))
            } catch  where error.status == 400 {
                throw self.error(step, error.member ?? "do", error.message)
            } catch {}
        }
    }

    private func error(_ step: Step, _ key: String, _ message: String) -> ConfigurationError {
        ConfigurationError(file: file, line: step.line, key: key, message: message)
    }

    private static func step(
        _ reader: YAMLReader, _ aliases: Set<String>
    ) throws(ConfigurationError) -> Step {
        var reader = reader
        guard let at = try reader.number("at") else { throw reader.error("at", "is required: seconds after the start") }
        guard let action = try reader.string("do") else {
            throw reader.error("do", "is required: one of \(ControlStep.actions.joined(separator: ", "))")
        }
        let alias = try reader.string("as")
        let members = reader.rest()
        do throws(ControlError) {
            _ = try ControlStep(action: action, members: members)
        } catch {
            let key = error.member.map { String($0.prefix { $0 != "." }) }
            throw reader.error(key ?? "do", error.message)
        }
        if let name = members["contact"]?.string, !aliases.contains(name) {
            throw reader.error("contact", "no earlier step has the alias (as:) '\(name)'")
        }
        return Step(at: at, action: action, members: members, alias: alias, line: reader.line)
    }
}

/// The contact identifiers that a running scenario's aliases stand for.
struct ScenarioAliases: Sendable {
    private var contacts: [String: String] = [:]

    /// The step with the contact's identifier in place of its alias.
    func resolve(_ step: Scenario.Step) throws(ControlError) -> ControlStep {
        var members = step.members
        if let alias = members["contact"]?.string {
            guard let id = contacts[alias] else { throw .conflict("step '\(alias)' created no contact") }
            members["contact"] = .string(id)
        }
        return try ControlStep(action: step.action, members: members)
    }

    mutating func note(_ step: Scenario.Step, _ outcome: ControlOutcome) {
        if let alias = step.alias { contacts[alias] = outcome.members["contactId"]?.string }
    }
}
