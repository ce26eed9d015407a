// SPDX-License-Identifier: Apache-2.0

/// Reads the members of a control step. Throws for members that are missing, unknown or of the wrong type.
struct ControlFields {
    private let members: [String: JSON]
    private var used: Set<String> = []

    init(_ members: [String: JSON]) { self.members = members }

    mutating func string(_ name: String) throws(ControlError) -> String {
        guard let value = try optionalString(name) else { throw .member(name, "is required and must be a string") }
        return value
    }

    mutating func optionalString(_ name: String) throws(ControlError) -> String? {
        guard let value = take(name) else { return nil }
        switch value {
        case .string(let text): return text
        // A telephone number or identifier without quotes may have been parsed as a number.
        case .int(let number): return String(number)
        case .null, .bool, .double, .array, .object: throw .member(name, "must be a string")
        }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(ControlError) -> Choice? where Choice.RawValue == String {
        guard let text = try optionalString(name) else { return nil }
        guard let value = Choice(rawValue: text) else {
            throw .member(name, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }

    mutating func number(_ name: String, atLeast least: Double) throws(ControlError) -> Double? {
        guard let value = take(name) else { return nil }
        guard let number = value.number, number.isFinite, number >= least, abs(number) <= 1e9 else {
            throw .member(name, "must be a number from \(least) to 1e9")
        }
        return number
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) throws(ControlError) -> Int? {
        guard let value = take(name) else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw .member(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func flag(_ name: String) throws(ControlError) -> Bool { try optionalFlag(name) ?? false }

    mutating func optionalFlag(_ name: String) throws(ControlError) -> Bool? {
        guard let value = take(name) else { return nil }
        guard let flag = value.bool else { throw .member(name, "must be true or false") }
        return flag
    }

    mutating func texts(_ name: String) throws(ControlError) -> [String: String] {
        guard let value = take(name) else { return [:] }
        guard let members = value.object else { throw .member(name, "must be a mapping of strings") }
        var texts: [String: String] = [:]
        for (key, value) in members {
            switch value {
            case .string(let text): texts[key] = text
            case .int, .double, .bool: texts[key] = value.text
            case .null, .array, .object: throw .member("\(name).\(key)", "must be a string")
            }
        }
        return texts
    }

    mutating func any(_ name: String) -> JSON? { take(name) }

    /// Throws if there is a member that has not been read.
    func finish() throws(ControlError) {
        guard let unknown = Set(members.keys).subtracting(used).sorted().first else { return }
        let known = used.isEmpty ? "it has no members" : "known members: \(used.sorted().joined(separator: ", "))"
        throw .member(unknown, "is unknown (\(known))")
    }

    private mutating func take(_ name: String) -> JSON? {
        used.insert(name)
        guard let value = members[name], value != .null else { return nil }
        return value
    }
}
