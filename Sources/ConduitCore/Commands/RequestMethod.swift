// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// A checked `partyline::request`: the port's role allows it, and the parameters have the right shape.
struct Request {
    let port: PortID
    let id: RawJSON
    /// Only the method's parameters. A missing one has its default; one without a default is absent.
    let params: JSON
}

/// A method of `partyline::request`.
struct RequestMethod: Sendable {
    typealias Handler = @Sendable (inout Conduit, Request) -> Void

    let name: String
    /// The lowest role that may send it.
    let role: Role
    let summary: String
    let parameters: [Member]
    /// Example parameters, for the hint of an `invalid_params` error.
    let example: JSON?
    let result: Shape
    let handle: Handler

    init(
        _ name: String, _ role: Role, _ summary: String, _ parameters: [Member] = [], example: JSON? = nil,
        result: Shape, handle: @escaping Handler
    ) {
        self.name = name
        self.role = role
        self.summary = summary
        self.parameters = parameters
        self.example = example
        self.result = result
        self.handle = handle
    }

    /// Checks the parameters of a request. Drops unknown ones and adds defaults for missing ones; an optional parameter
    /// that is null counts as missing.
    func check(_ params: JSON?) throws(ProtocolError) -> JSON {
        let given: JSONObject
        switch params ?? .null {
        case .null: given = JSONObject()
        case .object(let object): given = object
        case .bool, .number, .string, .array: throw refusal("params has to be an object")
        }
        var checked = JSONObject()
        for parameter in parameters {
            checked[parameter.name] = try value(of: parameter, given[parameter.name])
        }
        return .object(checked)
    }

    private func value(of parameter: Member, _ value: JSON?) throws(ProtocolError) -> JSON? {
        let path = "params.\(parameter.name)"
        let form = parameter.asParameter
        guard let value else {
            if parameter.isRequired { throw refusal(ShapeFault.missing(path, parameter.shape).message) }
            return parameter.fallback
        }
        if form != parameter, value.isNull { return parameter.fallback }
        if let fault = parameter.shape.fault(in: value, at: path) { throw refusal(fault.message) }
        return value
    }

    private func refusal(_ message: String) -> ProtocolError {
        ProtocolError(.invalidParams, message, hint: "a request looks like \(exampleLine.text)")
    }

    /// A complete example line.
    var exampleLine: JSON {
        var data = JSONObject([("requestId", 1), ("method", .string(name))])
        data["params"] = example
        return ["event": .string(EventName.request), "data": .object(data)]
    }
}
