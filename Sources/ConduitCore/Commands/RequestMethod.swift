import AgentModel
import StreamsProtocol

/// A `partyline::request` that was checked: the port may ask this, and the parameters are of the form they have to be.
struct Request {
    let port: PortID
    let id: RawJSON
    /// An object of exactly the method's parameters, defaults included.
    let params: JSON
}

/// A method of `partyline::request`.
struct RequestMethod: Sendable {
    typealias Handler = @Sendable (inout Conduit, Request) -> Void

    let name: String
    /// The least role that may ask it.
    let role: Role
    let summary: String
    let parameters: [Member]
    /// Parameters as an example, shown to those who got them wrong.
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

    /// The parameters of a request as the method takes them: what it does not know is left out, what is not given has
    /// its default. Null counts as not given where a parameter need not be.
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

    /// A whole line that asks for it.
    var exampleLine: JSON {
        var data = JSONObject([("requestId", 1), ("method", .string(name))])
        data["params"] = example
        return ["event": .string(EventName.request), "data": .object(data)]
    }
}
