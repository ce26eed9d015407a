// SPDX-License-Identifier: Apache-2.0
import Yams

/// A YAML document whose values carry their line numbers for error messages.
struct YAMLValue {
    enum Content {
        case scalar(JSON)
        case mapping([Entry])
        case sequence([YAMLValue])
    }

    struct Entry {
        var key: String
        var line: Int
        var value: YAMLValue
    }

    var line: Int
    var content: Content

    /// Reads a document; an empty one is an empty mapping.
    init(text: String, file: String) throws(ConfigurationError) {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw Self.unreadable(error, file)
        } catch {
            throw ConfigurationError(file: file, line: nil, key: nil, message: "cannot be read as YAML: \(error)")
        }
        guard let node else {
            self.init(line: 1, content: .mapping([]))
            return
        }
        self = try Self.convert(node, file)
    }

    private init(line: Int, content: Content) {
        self.line = line
        self.content = content
    }

    private static func unreadable(_ error: YamlError, _ file: String) -> ConfigurationError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ConfigurationError(file: file, line: mark.line, key: nil, message: "is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            ConfigurationError(
                file: file, line: context.mark.line, key: duplicates.first, message: "is there more than once")
        default: ConfigurationError(file: file, line: nil, key: nil, message: "is not YAML: \(error)")
        }
    }

    private static func convert(_ node: Node, _ file: String) throws(ConfigurationError) -> YAMLValue {
        let line = node.mark?.line ?? 1
        switch node {
        case .scalar(let scalar):
            return YAMLValue(line: line, content: .scalar(value(of: scalar)))
        case .sequence(let sequence):
            var items: [YAMLValue] = []
            for item in sequence { items.append(try convert(item, file)) }
            return YAMLValue(line: line, content: .sequence(items))
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw ConfigurationError(file: file, line: line, key: nil, message: "has a key that is not text")
                }
                entries.append(
                    Entry(key: name.string, line: key.mark?.line ?? line, value: try convert(value, file)))
            }
            return YAMLValue(line: line, content: .mapping(entries))
        case .alias:
            throw ConfigurationError(file: file, line: line, key: nil, message: "has an alias without an anchor")
        }
    }

    /// Plain scalars may be null, a boolean or a number. Quoted scalars are text, and so are scalars that begin with a
    /// plus (telephone numbers). Unlike in YAML 1.1, `yes` and `no` are text: `no` is a country.
    private static func value(of scalar: Node.Scalar) -> JSON {
        let text = scalar.string
        guard scalar.style == .plain || scalar.style == .any, !text.hasPrefix("+") else { return .string(text) }
        switch text {
        case "", "~", "null": return .null
        case "true": return true
        case "false": return false
        default: break
        }
        if let number = Int(text) { return .int(number) }
        if text.first?.isNumber == true || text.hasPrefix("-"), let number = Double(text), number.isFinite {
            return .double(number)
        }
        return .string(text)
    }

    var json: JSON {
        switch content {
        case .scalar(let value): value
        case .sequence(let items): .array(items.map(\.json))
        case .mapping(let entries):
            .object(Dictionary(entries.map { ($0.key, $0.value.json) }, uniquingKeysWith: { $1 }))
        }
    }
}
