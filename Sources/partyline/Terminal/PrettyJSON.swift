import AgentModel
import StreamsProtocol

/// JSON for people: one member a line, two spaces a level; empty containers stay on their line.
enum PrettyJSON {
    static func text(_ value: JSON) -> String {
        var result = ""
        append(value, "", to: &result)
        return result
    }

    private static func append(_ value: JSON, _ indent: String, to result: inout String) {
        switch value {
        case .array(let elements) where !elements.isEmpty:
            block("[", "]", elements.count, indent, to: &result) { append(elements[$0], $1, to: &$2) }
        case .object(let object) where !object.isEmpty:
            let members = object.members
            block("{", "}", members.count, indent, to: &result) { index, inner, result in
                result += JSON.string(members[index].name).text + ": "
                append(members[index].value, inner, to: &result)
            }
        default: result += value.text
        }
    }

    private static func block(
        _ open: String, _ close: String, _ count: Int, _ indent: String, to result: inout String,
        _ item: (Int, String, inout String) -> Void
    ) {
        let inner = indent + "  "
        result += open
        for index in 0..<count {
            result += (index == 0 ? "\n" : ",\n") + inner
            item(index, inner, &result)
        }
        result += "\n" + indent + close
    }
}
