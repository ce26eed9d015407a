// SPDX-License-Identifier: Apache-2.0
public import AgentModel

extension JSON {
    /// The value as indented JSON text: one member per line, two spaces per level; empty arrays and objects on one line.
    public var prettyText: String { prettyText(width: 0) }

    /// The same, but a value that fits on a line of `width` characters is written on one line.
    public func prettyText(width: Int) -> String {
        var printer = PrettyPrinter(width: width)
        printer.write(self)
        return printer.text
    }
}

private struct PrettyPrinter {
    let width: Int
    var text = ""
    private var indent = ""
    /// The characters of the line that are used before a value, plus one for a comma after it.
    private var column = 1

    init(width: Int) { self.width = width }

    mutating func write(_ value: JSON) {
        switch value {
        case .array(let elements) where !elements.isEmpty:
            if writeOnOneLine(value) { return }
            block("[", "]", elements.count) { printer, index in printer.write(elements[index]) }
        case .object(let object) where !object.isEmpty:
            if writeOnOneLine(value) { return }
            let members = object.members
            block("{", "}", members.count) { printer, index in
                let name = JSON.string(members[index].name).text + ": "
                printer.text += name
                printer.column += name.count
                printer.write(members[index].value)
            }
        case .null, .bool, .number, .string, .array, .object: text += value.text
        }
    }

    private mutating func writeOnOneLine(_ value: JSON) -> Bool {
        guard width > 0 else { return false }
        let line = value.spacedText
        guard column + line.count <= width else { return false }
        text += line
        return true
    }

    private mutating func block(
        _ open: String, _ close: String, _ count: Int, _ item: (inout PrettyPrinter, Int) -> Void
    ) {
        let outer = indent
        indent += "  "
        text += open
        for index in 0..<count {
            text += (index == 0 ? "\n" : ",\n") + indent
            column = indent.count + 1
            item(&self, index)
        }
        indent = outer
        text += "\n" + indent + close
    }
}

extension JSON {
    /// One line with a space after each colon and comma.
    fileprivate var spacedText: String {
        switch self {
        case .array(let elements): "[" + elements.map(\.spacedText).joined(separator: ", ") + "]"
        case .object(let object):
            "{" + object.members.map { "\(JSON.string($0.name).text): \($0.value.spacedText)" }.joined(separator: ", ")
                + "}"
        case .null, .bool, .number, .string: text
        }
    }
}
