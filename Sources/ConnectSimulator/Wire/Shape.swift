// SPDX-License-Identifier: Apache-2.0

/// The shape of a JSON value: the operation table describes inputs and answers with it.
indirect enum Shape: Sendable {
    case string
    case boolean
    /// A whole number (the service's `integer` and `long`).
    case integer
    /// Any number (the service's `double`).
    case number
    /// Epoch seconds with a fraction.
    case timestamp
    case list(Shape)
    case map(Shape)
    case object([Member])

    /// A member of a structure. An optional member may be absent or null.
    struct Member: Sendable {
        var name: String
        var shape: Shape
        var isRequired: Bool
    }

    static func structure(_ members: Member...) -> Shape { .object(members) }
}

extension Shape.Member {
    static func required(_ name: String, _ shape: Shape = .string) -> Shape.Member {
        Shape.Member(name: name, shape: shape, isRequired: true)
    }

    static func optional(_ name: String, _ shape: Shape = .string) -> Shape.Member {
        Shape.Member(name: name, shape: shape, isRequired: false)
    }
}

extension Shape {
    /// The first error in `value`, with the member's path, or nil. Unknown members are valid: the service ignores them.
    func problem(with value: JSON) -> String? {
        check(value).map { "member '\($0.path.isEmpty ? "(body)" : $0.path)' \($0.message)" }
    }

    /// An error and its path. Callers prepend to the path as they return, so valid values never build one.
    private struct Problem {
        var path = ""
        var message: String

        init(_ message: String) { self.message = message }

        func inside(_ step: String) -> Problem {
            var problem = self
            let separator = path.isEmpty || path.hasPrefix("[") ? "" : "."
            problem.path = step + separator + path
            return problem
        }
    }

    private func check(_ value: JSON) -> Problem? {
        switch self {
        case .string: value.string == nil ? Problem("must be a string") : nil
        case .boolean: value.bool == nil ? Problem("must be a boolean") : nil
        case .integer: value.integer == nil ? Problem("must be a whole number") : nil
        case .number: value.number == nil ? Problem("must be a number") : nil
        case .timestamp: value.number == nil ? Problem("must be a time in epoch seconds") : nil
        case .list(let element): checkList(value, element)
        case .map(let element): checkMap(value, element)
        case .object(let members): checkObject(value, members)
        }
    }

    private func checkList(_ value: JSON, _ element: Shape) -> Problem? {
        guard let items = value.array else { return Problem("must be a list") }
        for (index, item) in items.enumerated() {
            if let problem = element.check(item) { return problem.inside("[\(index)]") }
        }
        return nil
    }

    private func checkMap(_ value: JSON, _ element: Shape) -> Problem? {
        guard let members = value.object else { return Problem("must be a map") }
        for (key, item) in members {
            if let problem = element.check(item) { return problem.inside(key) }
        }
        return nil
    }

    private func checkObject(_ value: JSON, _ members: [Member]) -> Problem? {
        guard let object = value.object else { return Problem("must be an object") }
        for member in members {
            guard let item = object[member.name], item != .null else {
                if member.isRequired { return Problem("is required").inside(member.name) }
                continue
            }
            if let problem = member.shape.check(item) { return problem.inside(member.name) }
        }
        return nil
    }
}
