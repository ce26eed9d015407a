// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// A number for each case of an enumeration; in JSON, an object with a member for each case.
public struct Counts<Key>: Equatable, Sendable
where Key: RawRepresentable<String> & CaseIterable & Hashable & Sendable {
    private let values: [Key: Int]

    /// - Parameter value: called once for each case.
    public init<Failure>(_ value: (Key) throws(Failure) -> Int) throws(Failure) {
        var values: [Key: Int] = [:]
        for key in Key.allCases { values[key] = try value(key) }
        self.values = values
    }

    public subscript(_ key: Key) -> Int { values[key] ?? 0 }

    static var form: JSONForm<Counts> {
        let keys = Array(Key.allCases)
        let shape = JSONShape.object(keys.map { .init(name: $0.rawValue, shape: .integer, isRequired: true) })
        return JSONForm(shape: shape) { counts in
            .object(JSONObject(distinct: keys.map { ($0.rawValue, .int(counts[$0])) }))
        } decode: { json, path throws(JSONFormFault) in
            try Counts { key throws(JSONFormFault) in
                try JSONForm<Int>.integer.decode(json[key.rawValue] ?? .null, "\(path).\(key.rawValue)")
            }
        }
    }
}
