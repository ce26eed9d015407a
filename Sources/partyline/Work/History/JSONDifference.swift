// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The members in which two values differ. Pure.
struct JSONDifference: Equatable {
    /// A path as for `partyline get`.
    let path: String
    /// Nil if there was no such member.
    let before: JSON?
    /// Nil if there is none any more.
    let after: JSON?

    static func between(_ before: JSON?, _ after: JSON?, path: String = "") -> [JSONDifference] {
        if before == after { return [] }
        let old = members(before)
        let new = members(after)
        guard let old, let new else { return [JSONDifference(path: path, before: before, after: after)] }
        let names = new.names + old.names.filter { new[$0] == nil }
        return names.flatMap { name in
            let part = AgentPath.escaped(name)
            return between(old[name], new[name], path: path.isEmpty ? part : "\(path).\(part)")
        }
    }

    /// The members of an object, or the elements of a list by their places.
    private static func members(_ value: JSON?) -> JSONObject? {
        if let object = value?.object { return object }
        return value?.array.map { JSONObject($0.enumerated().map { (String($0.offset), $0.element) }) }
    }

    var text: String { "\(path): \(Self.shown(before)) → \(Self.shown(after))" }

    private static func shown(_ value: JSON?) -> String { value.map { Text.cut($0.text, 60) } ?? "nothing" }

    var json: JSON {
        var object = JSONObject([("path", .string(path))])
        object["before"] = before
        object["after"] = after
        return .object(object)
    }
}
