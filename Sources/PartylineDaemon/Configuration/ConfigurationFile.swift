// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Yams

/// Checks a configuration file against the table of keys. It works on YAML nodes because they have line numbers; the
/// library that reads the values does not report any.
enum ConfigurationFile {
    /// True if the text contains nothing but comments.
    static func isEmpty(_ text: String) -> Bool {
        guard let root = try? compose(yaml: text) else { return true }
        return root.null != nil
    }

    static func check(_ text: String, file: String) -> [ConfigurationError.Problem] {
        do {
            guard let root = try compose(yaml: text) else { return [] }
            guard case .mapping(let mapping) = root else {
                return [
                    problem(file, root, "the file has to be a mapping of keys, such as session: {source: configure}")
                ]
            }
            var seen: Set<String> = []
            return check(mapping, "", file, &seen)
        } catch let error as YamlError {
            return [unreadable(error, file)]
        } catch {
            return [ConfigurationError.Problem(place: file, message: "not YAML: \(error)")]
        }
    }

    private static func unreadable(_ error: YamlError, _ file: String) -> ConfigurationError.Problem {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return .init(place: "\(file):\(mark.line)", message: "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.sorted().joined(separator: ", ")
            return .init(place: "\(file):\(context.mark.line)", message: "a key appears twice in one section: \(names)")
        default:
            return .init(place: file, message: "not YAML: \("\(error)".prefix { !$0.isNewline })")
        }
    }

    private static func check(
        _ mapping: Node.Mapping, _ prefix: String, _ file: String, _ seen: inout Set<String>
    ) -> [ConfigurationError.Problem] {
        var problems: [ConfigurationError.Problem] = []
        for (name, value) in mapping {
            guard let word = name.string else {
                problems.append(problem(file, name, "a key has to be a word"))
                continue
            }
            let path = prefix.isEmpty ? word : "\(prefix).\(word)"
            if !seen.insert(path).inserted { problems.append(problem(file, name, "\(path) appears twice")) }
            if case .mapping(let inner) = value, ConfigurationKeys.sections[path] != nil {
                problems += check(inner, path, file, &seen)
            } else {
                problems += check(name, value, path, file)
            }
        }
        return problems
    }

    private static func check(
        _ name: Node, _ value: Node, _ path: String, _ file: String
    ) -> [ConfigurationError.Problem] {
        // An empty value means the default.
        let isEmpty = value.null != nil || value.scalar?.string.isEmpty == true
        if ConfigurationKeys.sections[path] != nil {
            return value.null != nil
                ? [] : [problem(file, value, "\(path) is a section: write its keys below it, indented")]
        }
        guard let key = ConfigurationKeys.all.first(where: { $0.path == path }) else {
            return [problem(file, name, "there is no key \(path)" + ConfigurationKeys.suggestion(for: path))]
        }
        if isEmpty { return [] }
        if let element = key.element { return check(value, key, of: element, file) }
        guard case .scalar(let scalar) = value else {
            return [problem(file, value, "\(path) has to be \(key.expectation), not a list or a mapping")]
        }
        return key.fault(in: [scalar.string]).map { [problem(file, value, $0)] } ?? []
    }

    /// Checks each element of a list, so that a problem has the element's own line.
    private static func check(
        _ value: Node, _ key: ConfigurationKey, of element: String, _ file: String
    ) -> [ConfigurationError.Problem] {
        guard case .sequence(let nodes) = value else {
            return [problem(file, value, "\(key.path) has to be \(key.expectation)")]
        }
        return nodes.compactMap { node in
            guard case .scalar(let scalar) = node else {
                return problem(file, node, "each of \(key.path) has to be \(element)")
            }
            return key.fault(in: [scalar.string]).map { problem(file, node, $0) }
        }
    }

    private static func problem(_ file: String, _ node: Node, _ message: String) -> ConfigurationError.Problem {
        ConfigurationError.Problem(place: node.mark.map { "\(file):\($0.line)" } ?? file, message: message)
    }
}

extension ConfigurationKeys {
    /// A hint to the key with the most similar name, or else to the list of all keys.
    static func suggestion(for path: String) -> String {
        guard let near = NearestWord.of(path, among: all.map(\.path) + sections.keys.sorted()) else {
            return "; partylined --default-config lists them all"
        }
        return "; did you mean \(near)?"
    }
}
