/// Steps on a timeline.
struct Scenario: Sendable, Equatable {
    struct Step: Sendable, Equatable {
        /// Seconds after the start.
        var at: Double
        var word: String
        /// The word's members; `contact` may be an alias.
        var members: [String: JSON]
        /// The alias of the contact that the step brings.
        var alias: String?
        /// Where the step stands in its file.
        var line: Int
    }

    var file: String
    /// In the order of time; at the same time, in the order of the file.
    var steps: [Step]
    /// How long it lasts, seconds.
    var duration: Double

    /// Reads a scenario.
    /// - Throws: `ConfigurationError` with the line and key that are wrong.
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

    private static func step(
        _ reader: YAMLReader, _ aliases: Set<String>
    ) throws(ConfigurationError) -> Step {
        var reader = reader
        guard let at = try reader.number("at") else { throw reader.error("at", "is required: seconds after the start") }
        guard let word = try reader.string("do") else {
            throw reader.error("do", "is required: one of \(ControlStep.words.joined(separator: ", "))")
        }
        let alias = try reader.string("as")
        let members = reader.rest()
        do throws(ControlError) {
            _ = try ControlStep(word: word, members: members)
        } catch {
            let key = error.member.map { String($0.prefix { $0 != "." }) }
            throw reader.error(key ?? "do", error.message)
        }
        if let name = members["contact"]?.string, !aliases.contains(name) {
            throw reader.error("contact", "'\(name)' is the alias (as:) of no step before this one")
        }
        return Step(at: at, word: word, members: members, alias: alias, line: reader.line)
    }
}

/// What the aliases of a scenario stand for while it plays.
struct ScenarioAliases: Sendable {
    private var contacts: [String: String] = [:]

    /// The step with the contact's identifier in place of its alias.
    func resolve(_ step: Scenario.Step) throws(ControlError) -> ControlStep {
        var members = step.members
        if let alias = members["contact"]?.string {
            guard let id = contacts[alias] else { throw .conflict("'\(alias)' brought no contact") }
            members["contact"] = .string(id)
        }
        return try ControlStep(word: step.word, members: members)
    }

    mutating func note(_ step: Scenario.Step, _ outcome: ControlOutcome) {
        if let alias = step.alias { contacts[alias] = outcome.members["contactId"]?.string }
    }
}
