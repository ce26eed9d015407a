/// Reads a request about a templated task: clients write its members with a capital first letter, or without.
struct TemplatedTaskFields {
    private let members: [String: JSON]

    init(_ input: JSON) { members = input.object ?? [:] }

    /// - Parameter name: with a small first letter.
    func value(_ name: String) -> JSON? {
        let capital = name.prefix(1).uppercased() + name.dropFirst()
        guard let value = members[capital] ?? members[name], value != .null else { return nil }
        return value
    }

    func text(_ name: String) -> String? { value(name)?.string }

    /// The references as the snapshot has them: `{name: {type, value}}`.
    func references() throws(ServiceFault) -> JSON? {
        guard let value = value("references") else { return nil }
        var references: [String: JSON] = [:]
        for (name, item) in value.object ?? [:] {
            let fields = TemplatedTaskFields(item)
            guard let kind = fields.text("type") else {
                throw .validation("member 'References.\(name).Type' is required")
            }
            references[name] = ["type": .string(kind), "value": fields.value("value") ?? .null]
        }
        return .object(references)
    }
}
