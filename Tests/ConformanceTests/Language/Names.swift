// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import StreamsProtocol

/// The `$` variables of scenes, whose values are only known at run time.
struct Names {
    static let instance = "arn:aws:connect:us-west-2:111122223333:instance/0f1e2d3c-4b5a-4697-8877-66554433aabb"
    static let other = "arn:aws:connect:us-west-2:111122223333:instance/ffffffff-4b5a-4697-8877-66554433aabb"

    /// Host and port of the backend.
    let authority: String

    /// Substitutes the variables and expands every `{<times>: n, <of>: value}` to an array.
    func filled(_ value: JSON) -> JSON {
        switch value {
        case .string(let text): .string(filled(text))
        case .array(let elements): .array(elements.map(filled))
        case .object(let object): repeated(object) ?? .object(object.compactMapValues { filled($1) })
        case .null, .bool, .number: value
        }
    }

    private func repeated(_ object: JSONObject) -> JSON? {
        guard let count = object["<times>"]?.int, let element = object["<of>"] else { return nil }
        return .array(Array(repeating: filled(element), count: count))
    }

    private func filled(_ text: String) -> String {
        guard text.contains("$") else { return text }
        return variables.reduce(text) { $0.replacingOccurrences(of: $1.name, with: $1.value) }
    }

    private var variables: [(name: String, value: String)] {
        [
            ("$origin", "http://\(authority)"), ("$socket", "ws://\(authority)/ws"), ("$instance", Self.instance),
            ("$other", Self.other), ("$soon", Self.instant(minutes: 10)), ("$late", Self.instant(minutes: 600)),
        ]
    }

    private static func instant(minutes: Double) -> String {
        Timestamp.text(milliseconds: Int64((Date.now.timeIntervalSince1970 + minutes * 60) * 1000))
    }
}
