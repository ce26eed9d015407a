// SPDX-License-Identifier: Apache-2.0

/// One key of the configuration: a row of the table in `ConfigurationKeys`.
struct ConfigurationKey: Sendable {
    /// The dotted path, such as `timers.snapshotInterval`.
    let path: String
    /// The comment above the key in the file: whole sentences, several lines at most.
    let meaning: String
    /// The permitted values, for the file.
    let note: String
    /// The permitted values, for an error: "… has to be \(expectation)".
    let expectation: String
    /// The permitted elements of a list, for an error; nil if the key is not a list.
    let element: String?
    /// The default as it is written in the file; empty if there is none.
    let fallback: String
    /// Parses one value, or the elements of a list, and sets it.
    let set: @Sendable (inout DaemonSettings, [String]) throws(ConfigurationError) -> Void
    let copy: @Sendable (_ from: DaemonSettings, _ to: inout DaemonSettings) -> Void
    let differs: @Sendable (DaemonSettings, DaemonSettings) -> Bool

    init<Value>(
        _ path: String, _ setting: any WritableKeyPath<DaemonSettings, Value> & Sendable,
        _ kind: ConfigurationKind<Value>, _ meaning: String
    ) {
        self.init(path, \.self, setting, kind, meaning)
    }

    /// - Parameter section: the common part of the key paths of one section.
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

    /// True if a reload applies a new value at once. The other keys are read at the start only.
    var isLive: Bool { ["log", "access", "limits"].contains(components[0]) }

    /// What is wrong with a value or with the elements of a list; nil if they are valid.
    func fault(in texts: [String]) -> String? {
        var scratch = DaemonSettings()
        do throws(ConfigurationError) {
            try set(&scratch, texts)
            return nil
        } catch {
            return error.problems.first?.message
        }
    }

    /// Splits a value from the environment or `--set`, where the elements of a list are separated by commas.
    func values(in text: String) -> [String] {
        guard element != nil else { return [text] }
        guard text.contains(where: { !$0.isWhitespace }) else { return [] }
        return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// The environment variable for the key, such as `PARTYLINE_TIMERS_SNAPSHOT_INTERVAL`.
    var environmentVariable: String { "PARTYLINE_" + variableName }

    /// The variable without its prefix: `timers.snapshotInterval` → `TIMERS_SNAPSHOT_INTERVAL`.
    var variableName: String {
        path.reduce(into: "") { name, character in
            if character.isUppercase { name += "_" }
            name += character == "." ? "_" : character.uppercased()
        }
    }
}
