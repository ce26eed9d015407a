// SPDX-License-Identifier: Apache-2.0
import Configuration
import FoundationEssentials
import Glibc

/// The sources of values: flags, environment and file.
enum ConfigurationSources {
    /// The file to read: `--config`, else `/etc/partyline/NAME.yaml` with `--instance NAME`, else the user's own. The
    /// user's own file is optional; the other two must exist.
    static func findFile(_ flags: DaemonConfiguration.Flags, _ environment: [String: String]) throws -> String? {
        if let file = flags.file { return file }
        if let instance = flags.instance {
            let file = "/etc/partyline/\(instance).yaml"
            guard access(file, F_OK) == 0 else {
                throw ConfigurationError(file, "--instance \(instance) needs this file, but it does not exist")
            }
            return file
        }
        let home =
            environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? environment["HOME"].map { "\($0)/.config" }
        guard let file = home.map({ "\($0)/partyline/partyline.yaml" }), access(file, F_OK) == 0 else { return nil }
        return file
    }

    static func contents(_ file: String) throws -> String {
        do {
            return String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        } catch {
            let reason =
                access(file, F_OK) == 0
                ? "it cannot be read (is it a file, and may this user read it?)" : "there is no such file"
            throw ConfigurationError(file, reason)
        }
    }

    static func environmentProblems(_ environment: [String: String]) -> [ConfigurationError.Problem] {
        ConfigurationKeys.all.compactMap { key in
            guard let value = environment[key.environmentVariable], !value.isEmpty else { return nil }
            return key.fault(in: key.values(in: value)).map {
                ConfigurationError.Problem(place: "environment variable \(key.environmentVariable)", message: $0)
            }
        }
    }

    static func environmentProvider(_ environment: [String: String]) -> EnvironmentVariablesProvider {
        var ours: [String: String] = [:]
        for key in ConfigurationKeys.all {
            guard let value = environment[key.environmentVariable], !value.isEmpty else { continue }
            ours[key.variableName] = value
        }
        return EnvironmentVariablesProvider(environmentVariables: ours)
    }

    static func overrides(
        _ settings: [String]
    ) -> ([AbsoluteConfigKey: ConfigValue], [ConfigurationError.Problem]) {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        var problems: [ConfigurationError.Problem] = []
        for setting in settings {
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let place = "--set \(parts[0])"
            guard let key = ConfigurationKeys.all.first(where: { $0.path == parts[0] }) else {
                problems.append(
                    .init(place: place, message: "there is no such key" + ConfigurationKeys.suggestion(for: parts[0])))
                continue
            }
            guard parts.count == 2 else {
                problems.append(.init(place: place, message: "a value is missing: --set \(key.path)=VALUE"))
                continue
            }
            let texts = key.values(in: parts[1])
            if let fault = key.fault(in: texts) { problems.append(.init(place: place, message: fault)) }
            values[AbsoluteConfigKey(key.components)] = ConfigValue(
                key.element == nil ? .string(parts[1]) : .stringArray(texts), isSecret: false)
        }
        return (values, problems)
    }

    /// The texts that YAML reads as null. Such a value means the default.
    private static let nullTexts: Set = ["", "~", "null", "Null", "NULL"]

    /// The settings from sources that were checked before.
    static func settings(_ reader: ConfigReader) throws(ConfigurationError) -> DaemonSettings {
        var settings = DaemonSettings()
        for key in ConfigurationKeys.all {
            let name = ConfigKey(key.components)
            if key.element != nil {
                // A variable that contains only white space is an empty list.
                let texts = reader.stringArray(forKey: name) ?? []
                try key.set(&settings, texts.filter { !$0.allSatisfy(\.isWhitespace) })
            } else if let text = reader.string(forKey: name), !nullTexts.contains(text) {
                try key.set(&settings, [text])
            }
        }
        return settings
    }
}
