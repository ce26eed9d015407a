import AgentModel
import ConnectStreams
import StreamsProtocol

extension Player {
    /// A partyline::request and its answer; without data and err a success is expected.
    func request(_ step: Step) throws {
        let port = try port(step.argument["port"]?.string)
        requests += 1
        let id = step.argument["id"] ?? .string("request-\(requests)")
        var data = JSONObject([("requestId", id)])
        data["method"] = step.argument["method"]
        data["params"] = step.argument["params"].map(withClocks)
        try port.send(EventName.request, .object(data))
        let answer = try answer(to: id, at: port)
        let error = step.argument["err"]
        try check(
            [
                "requestId": id, "data": step.argument["data"] ?? (error == nil ? "<any>" : .null),
                "err": error ?? .null,
            ], answer, "")
        mark(step, answer?["data"]?["clock"]?.string)
    }

    /// Answers need not come in the order of the requests.
    private func answer(to id: JSON, at port: ScenePort) throws -> JSON? {
        let deadline = ContinuousClock.now + .milliseconds(Self.patience)
        while let message = try port.next(EventName.response, before: deadline) {
            if message.data?["requestId"] == id { return message.data }
        }
        throw SceneFailure("no partyline::response")
    }

    /// The value with every `<clock:name>` in it replaced by the clock that was marked so.
    private func withClocks(_ value: JSON) -> JSON {
        switch value {
        case .string(let text): named(text).map { .string($0) } ?? value
        case .array(let elements): .array(elements.map(withClocks))
        case .object(let object): .object(object.compactMapValues { withClocks($1) })
        case .null, .bool, .number: value
        }
    }

    private func named(_ text: String) -> String? {
        guard text.hasPrefix("<clock:"), text.hasSuffix(">") else { return nil }
        return clocks[String(text.dropFirst("<clock:".count).dropLast())]
    }
}
