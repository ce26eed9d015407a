// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The place where a value does not match its shape, and what is expected there.
struct ShapeFault: Error, Equatable {
    /// `params.events[2]`.
    let path: String
    let message: String

    static func missing(_ path: String, _ shape: Shape) -> ShapeFault {
        ShapeFault(path: path, message: "\(path) is missing: it has to be \(shape.expectation)")
    }

    static func wrong(_ path: String, _ shape: Shape) -> ShapeFault {
        ShapeFault(path: path, message: "\(path) has to be \(shape.expectation)")
    }
}

extension Shape {
    /// The first fault in a value, or nil.
    func fault(in value: JSON, at path: String) -> ShapeFault? {
        switch self {
        case .list(let element, let count): listFault(in: value, at: path, element, count)
        case .object(let members): objectFault(in: value, at: path, members)
        case .map(let shape): mapFault(in: value, at: path, shape)
        case .nullable(let shape): accepts(value) ? nil : nullableFault(in: value, at: path, shape)
        case .named(_, let shape, _): shape.fault(in: value, at: path)
        case .anything, .null, .boolean, .integer, .text, .name, .instant, .constant, .choice, .word, .eventPattern,
            .logLevel, .requestId, .either:
            accepts(value) ? nil : .wrong(path, self)
        }
    }

    func accepts(_ value: JSON) -> Bool {
        switch self {
        case .anything: true
        case .null: value.isNull
        case .boolean: value.bool != nil
        case .integer(let range): value.int.map { range?.contains($0) ?? true } ?? false
        case .nullable(let shape): value.isNull || shape.accepts(value)
        case .either(let shapes): shapes.contains { $0.accepts(value) }
        case .requestId: value.string != nil || value.double != nil
        case .list, .object, .map, .named: fault(in: value, at: "") == nil
        case .text, .word: value.string != nil
        case .name(let limit): value.string.map { !$0.isEmpty && $0.unicodeScalars.count <= limit } ?? false
        case .instant: value.string.flatMap(Timestamp.milliseconds) != nil
        case .constant(let word): value.string == word
        case .choice(let words): value.string.map(words.contains) ?? false
        case .eventPattern: value.string.flatMap { try? EventPattern($0) } != nil
        case .logLevel: value.string.flatMap { LogLevel(name: $0) } != nil
        }
    }

    private func listFault(
        in value: JSON, at path: String, _ element: Shape, _ count: ClosedRange<Int>?
    ) -> ShapeFault? {
        guard let elements = value.array, count?.contains(elements.count) ?? true else { return .wrong(path, self) }
        return elements.enumerated().lazy.compactMap { element.fault(in: $1, at: "\(path)[\($0)]") }.first
    }

    private func objectFault(in value: JSON, at path: String, _ members: [Member]) -> ShapeFault? {
        guard let object = value.object else { return .wrong(path, self) }
        return members.lazy.compactMap { member in
            let place = "\(path).\(member.name)"
            guard let value = object[member.name] else {
                return member.isRequired ? .missing(place, member.shape) : nil
            }
            return member.shape.fault(in: value, at: place)
        }.first
    }

    private func mapFault(in value: JSON, at path: String, _ shape: Shape) -> ShapeFault? {
        guard let object = value.object else { return .wrong(path, self) }
        return object.members.lazy.compactMap { shape.fault(in: $0.value, at: "\(path).\($0.name)") }.first
    }

    /// A fault inside a list or object keeps its own path and message. For any other, the message also offers null.
    private func nullableFault(in value: JSON, at path: String, _ shape: Shape) -> ShapeFault? {
        guard let fault = shape.fault(in: value, at: path) else { return nil }
        return fault.path == path ? .wrong(path, self) : fault
    }
}

extension Shape {
    /// The expected value, as it follows "has to be" in a message.
    var expectation: String {
        switch self {
        case .anything: "anything"
        case .null: "null"
        case .boolean: "true or false"
        case .integer(let range?): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .integer(nil): "a whole number"
        case .text, .word: "text"
        case .name(let limit): "text of 1 to \(limit) characters"
        case .instant: "an instant such as 2025-01-01T12:00:00.000Z"
        case .constant(let word): "\"\(word)\""
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .eventPattern: "an event pattern such as agent::*, contact::connected or contact::*::<contactId>"
        case .logLevel: "one of \(LogLevel.names.joined(separator: ", "))"
        case .requestId: "text or a number"
        case .list(let element, let count?):
            "an array of \(count.lowerBound) to \(count.upperBound) elements, each \(element.expectation)"
        case .list(let element, nil): "an array, each element \(element.expectation)"
        case .object, .map: "an object"
        case .nullable(let shape): "\(shape.expectation), or null"
        case .either(let shapes): shapes.map(\.expectation).joined(separator: " or ")
        case .named(_, let shape, _): shape.expectation
        }
    }
}
