import Configuration

/// Values by key, checked already, as text.
struct ConfigurationValues: Sendable {
    let reader: ConfigReader

    func text(_ path: String) -> String? {
        guard let value = reader.string(forKey: Self.key(path)), !value.isEmpty else { return nil }
        return value
    }

    func required(_ path: String) -> String {
        text(path) ?? ConfigurationKeys.all.first { $0.path == path }?.fallback ?? ""
    }

    func integer(_ path: String) -> Int { Int(required(path)) ?? 0 }
    func flag(_ path: String) -> Bool { required(path) == "true" }

    /// A list; a variable of blanks alone counts as an empty one.
    func list(_ path: String) -> [String] {
        (reader.stringArray(forKey: Self.key(path)) ?? []).filter { !$0.allSatisfy(\.isWhitespace) }
    }

    /// The paths of the keys whose values are others there, in the order of the table.
    func changes(in other: ConfigurationValues) -> [ConfigurationKey] {
        ConfigurationKeys.all.filter { key in
            if case .list = key.kind { return list(key.path) != other.list(key.path) }
            return required(key.path) != other.required(key.path)
        }
    }

    private static func key(_ path: String) -> ConfigKey { ConfigKey(path.split(separator: ".").map(String.init)) }
}
