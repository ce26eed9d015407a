// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

extension Player {
    /// Sends a partyline::request and checks its answer. Without data and err any success passes.
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

    /// Skips answers to other requests, because answers may come in any order.
    private func answer(to id: JSON, at port: ScenePort) throws -> JSON? {
        let deadline = ContinuousClock.now + .milliseconds(Self.defaultTimeout)
        while let message = try port.next(EventName.response, before: deadline) {
            if message.data?["requestId"] == id { return message.data }
        }
        throw SceneFailure("no partyline::response")
    }

    /// Replaces every `<clock:name>` with the marked clock.
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
