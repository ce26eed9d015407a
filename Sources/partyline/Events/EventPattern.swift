/// A pattern of event names, checked for what can only be a slip.
///
/// Parts stand between `::`; `*` stands for a whole part, and alone for everything.
enum EventPattern {
    /// What is wrong with a pattern, in words; nil if it is one.
    static func problem(with pattern: String) -> String? {
        let parts = parts(of: pattern)
        if pattern.isEmpty { return "an event's name is missing" }
        if parts.contains("") { return "\"\(pattern)\" has an empty part: names look like contact::connected" }
        if parts.prefix(2).contains(where: { $0.contains("*") && $0 != "*" }) {
            return "in \"\(pattern)\" the * is only a piece of a part; it stands for a whole one, as in agent::*"
        }
        return nil
    }

    /// The parts of a pattern. The third part of a contact's is an id, and may hold anything.
    static func parts(of pattern: String) -> [String] {
        var parts = [""]
        var rest = pattern[...]
        while let first = rest.first {
            let isFull = parts.count == 3 && parts[0] == "contact"
            if !isFull, rest.hasPrefix("::") {
                parts.append("")
                rest = rest.dropFirst(2)
            } else {
                parts[parts.count - 1].append(first)
                rest = rest.dropFirst()
            }
        }
        return parts
    }

    /// The event that a pattern names, if it is one that the daemon itself derives: under any other name a program may
    /// broadcast, and nobody can say that it is wrong.
    static func derivedName(in pattern: String) -> String? {
        let parts = parts(of: pattern)
        guard parts.count >= 2, ["agent", "contact"].contains(parts[0]), parts[1] != "*" else { return nil }
        return "\(parts[0])::\(parts[1])"
    }
}
