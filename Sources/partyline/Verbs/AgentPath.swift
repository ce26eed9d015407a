import AgentModel
import StreamsProtocol

/// A place in a JSON value: `snapshot.contacts.0.state.type`, or with `contacts[0]`.
struct AgentPath: Equatable {
    /// Where the way ended, and what could have been said there.
    struct Failure: Error, Equatable, CustomStringConvertible {
        /// The longest part of the path that exists.
        let known: String
        let missing: String
        let choices: String

        var description: String {
            let place = known.isEmpty ? "the agent" : known
            return "no \"\(missing)\" in \(place); there is: \(choices)"
        }
    }

    let parts: [String]

    init(_ text: String) {
        let dotted = text.map { $0 == "[" ? "." : $0 }.filter { $0 != "]" }
        parts = String(dotted).split(separator: ".").map(String.init)
    }

    func value(in root: JSON) throws(Failure) -> JSON {
        var value = root
        for (index, part) in parts.enumerated() {
            guard let inner = Self.member(part, of: value) else {
                let known = parts[..<index].joined(separator: ".")
                throw Failure(known: known, missing: part, choices: Self.choices(value))
            }
            value = inner
        }
        return value
    }

    private static func member(_ part: String, of value: JSON) -> JSON? {
        guard let elements = value.array else { return value[part] }
        guard let index = Int(part), elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    private static func choices(_ value: JSON) -> String {
        switch value {
        case .object(let object): object.isEmpty ? "nothing" : object.names.joined(separator: ", ")
        case .array(let elements):
            switch elements.count {
            case 0: "nothing, the list is empty"
            case 1: "0"
            default: "0 to \(elements.count - 1)"
            }
        default: "only the value \(value.text)"
        }
    }
}
