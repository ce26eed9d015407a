// SPDX-License-Identifier: Apache-2.0

/// Reads the keys of one mapping, checks their types, and throws errors with file, line and key.
struct YAMLReader {
    let file: String
    /// The mapping's own path of keys; empty for the document.
    let path: String
    let line: Int
    private let entries: [YAMLValue.Entry]
    private var used: Set<String> = []

    init(_ value: YAMLValue, file: String, path: String = "") throws(ConfigurationError) {
        self.file = file
        self.path = path
        line = value.line
        switch value.content {
        case .mapping(let entries): self.entries = entries
        case .scalar(.null): entries = []
        case .scalar, .sequence:
            throw ConfigurationError(
                file: file, line: value.line, key: path.isEmpty ? nil : path, message: "must be a mapping of keys")
        }
    }

    func error(_ key: String, _ message: String) -> ConfigurationError {
        let line = entries.first { $0.key == key }?.line ?? line
        return ConfigurationError(file: file, line: line, key: name(key), message: message)
    }

    private func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    mutating func value(_ key: String) -> YAMLValue? {
        used.insert(key)
        guard let value = entries.first(where: { $0.key == key })?.value else { return nil }
        if case .scalar(.null) = value.content { return nil }
        return value
    }

    mutating func string(_ key: String) throws(ConfigurationError) -> String? {
        guard let value = value(key) else { return nil }
        guard case .scalar(let scalar) = value.content else { throw error(key, "must be text") }
        switch scalar {
        case .string(let text): return text
        case .int(let number): return String(number)
        case .null, .bool, .double, .array, .object: throw error(key, "must be text (put it in quotes)")
        }
    }

    mutating func boolean(_ key: String) throws(ConfigurationError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard case .scalar(.bool(let flag)) = value.content else { throw error(key, "must be true or false") }
        return flag
    }

    mutating func number(_ key: String, atLeast least: Double = 0) throws(ConfigurationError) -> Double? {
        guard let value = value(key) else { return nil }
        guard case .scalar(let scalar) = value.content, let number = scalar.number, number >= least, number <= 1e9
        else { throw error(key, "must be a number from \(least) to 1e9") }
        return number
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        guard let value = value(key) else { return nil }
        guard case .scalar(let scalar) = value.content, let number = scalar.integer, range.contains(number) else {
            throw error(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, _ type: Choice.Type
    ) throws(ConfigurationError) -> Choice? where Choice.RawValue == String {
        guard let text = try string(key) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw error(key, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    mutating func strings(_ key: String) throws(ConfigurationError) -> [String]? {
        guard let value = value(key) else { return nil }
        guard case .sequence(let items) = value.content else { throw error(key, "must be a list") }
        var texts: [String] = []
        for item in items {
            guard case .scalar(let scalar) = item.content, let text = scalar.string else {
                throw ConfigurationError(
                    file: file, line: item.line, key: name(key), message: "must be a list of texts (quote them)")
            }
            texts.append(text)
        }
        return texts
    }

    mutating func texts(_ key: String) throws(ConfigurationError) -> [String: String]? {
        guard var reader = try mapping(key) else { return nil }
        var texts: [String: String] = [:]
        for key in reader.keys { texts[key] = try reader.string(key) }
        return texts
    }

    mutating func mapping(_ key: String) throws(ConfigurationError) -> YAMLReader? {
        guard let value = value(key) else { return nil }
        return try YAMLReader(value, file: file, path: name(key))
    }

    mutating func mappings(_ key: String) throws(ConfigurationError) -> [YAMLReader]? {
        guard let value = value(key) else { return nil }
        guard case .sequence(let items) = value.content else { throw error(key, "must be a list") }
        var readers: [YAMLReader] = []
        for (index, item) in items.enumerated() {
            readers.append(try YAMLReader(item, file: file, path: "\(name(key))[\(index)]"))
        }
        return readers
    }

    var keys: [String] { entries.map(\.key) }

    /// The members that have not been read yet.
    func rest() -> [String: JSON] {
        Dictionary(
            entries.filter { !used.contains($0.key) }.map { ($0.key, $0.value.json) }, uniquingKeysWith: { $1 })
    }

    /// Throws if the mapping has a key that has not been read.
    func finish() throws(ConfigurationError) {
        guard let unknown = entries.first(where: { !used.contains($0.key) }) else { return }
        throw ConfigurationError(
            file: file, line: unknown.line, key: name(unknown.key),
            message: "is unknown; known keys: \(used.sorted().joined(separator: ", "))")
    }
}
