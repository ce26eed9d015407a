/// One key of the configuration: a row of the table in `ConfigurationKeys`.
struct ConfigurationKey: Sendable {
    /// The dotted path, such as `timers.snapshotInterval`.
    let path: String
    /// Full lines for the file, with the unit.
    let meaning: String
    /// What a value may be, as the file says it.
    let note: String
    /// What would be right, as an error says it.
    let expectation: String
    /// What each element of a list has to be; nil for a key that is no list.
    let element: String?
    /// The default as it stands in the file; empty where there is none.
    let fallback: String
    /// Sets one value, or the elements of a list.
    let set: @Sendable (inout DaemonSettings, [String]) throws(ConfigurationError) -> Void
    /// Takes the value over from other settings.
    let copy: @Sendable (_ from: DaemonSettings, _ to: inout DaemonSettings) -> Void
    let differs: @Sendable (DaemonSettings, DaemonSettings) -> Bool

    init<Value>(
        _ path: String, _ setting: any WritableKeyPath<DaemonSettings, Value> & Sendable,
        _ kind: ConfigurationKind<Value>, _ meaning: String
    ) {
        self.init(path, \.self, setting, kind, meaning)
    }

    /// - Parameter section: what the rows of one section have in common, so that each need not repeat it.
    init<Section, Value>(
        _ path: String, _ section: any WritableKeyPath<DaemonSettings, Section> & Sendable,
        _ setting: any WritableKeyPath<Section, Value> & Sendable, _ kind: ConfigurationKind<Value>, _ meaning: String
    ) {
        self.path = path
        self.meaning = meaning
        note = kind.note
        expectation = kind.expectation
        element = kind.element
        fallback = kind.text(DaemonSettings()[keyPath: section][keyPath: setting])
        set = { settings, texts throws(ConfigurationError) in
            do throws(ConfigurationFault) {
                settings[keyPath: section][keyPath: setting] = try kind.read(texts)
            } catch {
                throw ConfigurationError(path, "\(path): \(error.message)")
            }
        }
        copy = { $1[keyPath: section][keyPath: setting] = $0[keyPath: section][keyPath: setting] }
        differs = { $0[keyPath: section][keyPath: setting] != $1[keyPath: section][keyPath: setting] }
    }

    var components: [String] { path.split(separator: ".").map(String.init) }

    /// True if a reload changes it at once; the others are read at the start only.
    var isLive: Bool { ["log", "access", "limits"].contains(components[0]) }

    /// What is wrong with a value or with a list's elements; nil if nothing is.
    func fault(in texts: [String]) -> String? {
        var scratch = DaemonSettings()
        do throws(ConfigurationError) {
            try set(&scratch, texts)
            return nil
        } catch {
            return error.problems.first?.message
        }
    }

    /// A value as it stands in the environment and in `--set`: there a list has commas between its elements.
    func values(in text: String) -> [String] {
        guard element != nil else { return [text] }
        guard text.contains(where: { !$0.isWhitespace }) else { return [] }
        return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// The environment variable that sets it: `PARTYLINE_TIMERS_SNAPSHOT_INTERVAL`.
    var environmentVariable: String { "PARTYLINE_" + variableName }

    /// `timers.snapshotInterval` as TIMERS_SNAPSHOT_INTERVAL.
    var variableName: String {
        path.reduce(into: "") { name, character in
            if character.isUppercase { name += "_" }
            name += character == "." ? "_" : character.uppercased()
        }
    }
}
