// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import StreamsProtocol

/// Compares a value with a scene's pattern. README.md explains the placeholders.
struct Pattern {
    let pattern: JSON
    /// The ids of ports by their names in the scene.
    var ids: [String: String] = [:]
    /// The marked clocks by their names.
    var clocks: [String: String] = [:]
    /// The current time, in milliseconds since 1970.
    var now = Date.now.timeIntervalSince1970 * 1000

    /// The first difference, with its path. Nil if there is none.
    func difference(from value: JSON?) -> String? { compare(pattern, value, at: "") }

    private func compare(_ pattern: JSON, _ value: JSON?, at path: String) -> String? {
        if pattern == "<absent>" { return value.map { complain(path, "nothing", $0) } }
        guard let value else { return complain(path, pattern.text, nil) }
        switch pattern {
        case .string(let text): return compare(text, value, at: path)
        case .number(let number):
            return value.double == number.double ? nil : complain(path, number.literal, value)
        case .array(let elements): return compare(elements, value, at: path)
        case .object(let object):
            if let inner = object["<json>"] { return compareText(inner, value, at: path) }
            return compare(object, value, at: path)
        case .null, .bool: return pattern == value ? nil : complain(path, pattern.text, value)
        }
    }

    private func compare(_ text: String, _ value: JSON, at path: String) -> String? {
        guard text.hasPrefix("<"), text.hasSuffix(">") else {
            return value.string.map { JSONText.same($0, text) } == true
                ? nil : complain(path, JSON.string(text).text, value)
        }
        return fits(String(text.dropFirst().dropLast()), value) ? nil : complain(path, text, value)
    }

    private func compare(_ elements: [JSON], _ value: JSON, at path: String) -> String? {
        guard let values = value.array else { return complain(path, "an array", value) }
        let isOpen = elements.last == "..."
        let wanted = isOpen ? Array(elements.dropLast()) : elements
        for (index, element) in wanted.enumerated() {
            let found = index < values.count ? values[index] : nil
            if let difference = compare(element, found, at: "\(path)[\(index)]") { return difference }
        }
        return isOpen || values.count == wanted.count
            ? nil : "\(path): \(wanted.count) elements expected, got \(values.count)"
    }

    private func compare(_ object: JSONObject, _ value: JSON, at path: String) -> String? {
        guard let members = value.object else { return complain(path, "an object", value) }
        for (name, pattern) in object.members where name != "..." {
            if let difference = compare(pattern, members[name], at: "\(path).\(name)") { return difference }
        }
        guard object["..."] == nil else { return nil }
        let surplus = members.names.first { object[$0] == nil }
        return surplus.map { complain("\(path).\($0)", "nothing", members[$0]) }
    }

    /// Compares a string that contains JSON.
    private func compareText(_ pattern: JSON, _ value: JSON, at path: String) -> String? {
        guard let text = value.string, let inner = try? JSON(parsing: text) else {
            return complain(path, "JSON as text", value)
        }
        return compare(pattern, inner, at: "\(path)<json>")
    }

    private func fits(_ word: String, _ value: JSON) -> Bool {
        switch word {
        case "any": true
        case "string": value.string.map { !$0.isEmpty } ?? false
        case "number": value.double != nil
        case "object": value.object != nil
        case "array": value.array != nil
        case "ms": value.double.map { abs($0 - now) < 86_400_000 } ?? false
        case "duration": value.double.map { abs($0) < 60_000 } ?? false
        case "instant": value.string.map(isInstant) ?? false
        default: fitsWithArgument(word, value)
        }
    }

    private func fitsWithArgument(_ word: String, _ value: JSON) -> Bool {
        let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return false }
        switch parts[0] {
        case "id": return value.string != nil && value.string == ids[parts[1]]
        case "clock": return value.string != nil && value.string == clocks[parts[1]]
        case "array": return value.array.map { String($0.count) } == parts[1]
        case "contains": return value.string?.contains(parts[1]) ?? false
        default: return false
        }
    }

    /// RFC 3339 with milliseconds and `Z`, the only format that the daemon writes.
    private func isInstant(_ text: String) -> Bool {
        text.utf8.count == 24 && text.hasSuffix("Z") && Timestamp.milliseconds(text) != nil
    }

    private func complain(_ path: String, _ expected: String, _ value: JSON?) -> String {
        let found = value.map { String($0.text.prefix(600)) } ?? "nothing"
        return "\(path.isEmpty ? "." : path): expected \(expected), got \(found)"
    }
}

/// Compares code points, as JSON does. Swift's `==` also equates canonically equivalent strings.
private enum JSONText {
    static func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
}
