// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// One invalid parameter. Type and message are exactly those of the AWS client in the real worker.
struct ParameterFault: Equatable {
    enum Kind: String {
        case missing = "MissingRequiredParameter"
        case type = "InvalidParameterType"
        case multiple = "MultipleValidationErrors"
    }

    let kind: Kind
    let message: String
}

/// Checks parameters against a shape and encodes them for the wire: null members are left out, timestamps become epoch
/// seconds, and members that are not in the shape are passed on unchanged.
struct ParameterCheck {
    private(set) var faults: [ParameterFault] = []

    /// The most faults that are reported. Their text is published to every port in an `api_metric`.
    private static let limit = 32

    /// - Parameter path: the name of the parameters in the messages; `params` in the AWS client's.
    /// - Throws: one error that lists all faults.
    static func encode(_ params: JSON, as shape: Shape, at path: String = "params") throws(ServiceError) -> JSON {
        var check = ParameterCheck()
        let encoded = check.encode(params.isNull ? [:] : params, shape, at: path)
        guard let first = check.faults.first else { return encoded }
        guard check.faults.count > 1 else { throw ServiceError(type: first.kind.rawValue, message: first.message) }
        let lines = check.faults.map { "\n* \($0.kind.rawValue): \($0.message)" }.joined()
        throw ServiceError(
            type: ParameterFault.Kind.multiple.rawValue,
            message: "There were \(check.faults.count) validation errors:\(lines)")
    }

    private mutating func encode(_ value: JSON, _ shape: Shape, at path: String) -> JSON {
        switch shape {
        case .string: if value.string == nil { expected("a string", path) }
        case .boolean: if value.bool == nil { expected("a boolean", path) }
        case .number: return number(value, at: path)
        case .timestamp: return timestamp(value, at: path)
        case .list(let element):
            guard let elements = value.array else { return expected("an Array", path) }
            return .array(elements.enumerated().map { encode($1, element, at: "\(path)[\($0)]") })
        case .map(let element):
            guard let object = value.object else { return expected("a map", path) }
            return .object(object.compactMapValues { $1.isNull ? nil : encode($1, element, at: "\(path)['\($0)']") })
        case .structure(let members): return structure(value, members, at: path)
        }
        return value
    }

    private mutating func structure(_ value: JSON, _ members: [Shape.Member], at path: String) -> JSON {
        guard let object = value.object else { return expected("a structure", path) }
        for member in members where member.isRequired && (object[member.name] ?? .null).isNull {
            if faults.count >= Self.limit { break }
            faults.append(
                ParameterFault(kind: .missing, message: "Missing required key '\(member.name)' in \(path)"))
        }
        return .object(
            object.compactMapValues { name, value in
                if value.isNull { return nil }
                guard let member = members.first(where: { $0.name == name }) else { return value }
                return encode(value, member.shape, at: "\(path).\(name)")
            })
    }

    /// Also accepts a number in a string, as the AWS client does.
    private mutating func number(_ value: JSON, at path: String) -> JSON {
        if case .number = value { return value }
        guard let text = value.string, case .number(let number)? = try? JSON(parsing: text) else {
            return expected("a number", path)
        }
        return .number(number)
    }

    private mutating func timestamp(_ value: JSON, at path: String) -> JSON {
        if case .number = value { return value }
        guard let text = value.string, let milliseconds = Timestamp.milliseconds(text) else {
            return expected("a Date object, ISO-8601 string, or a UNIX timestamp", path)
        }
        return .double(Double(milliseconds) / 1000)
    }

    @discardableResult
    private mutating func expected(_ what: String, _ path: String) -> JSON {
        if faults.count < Self.limit {
            faults.append(ParameterFault(kind: .type, message: "Expected \(path) to be \(what)"))
        }
        return .null
    }
}
