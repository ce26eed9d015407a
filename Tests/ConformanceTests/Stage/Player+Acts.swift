// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Glibc
import StreamsProtocol

extension Player {
    /// Carries out a step of ports.
    func act(_ step: Step) throws {
        switch step.keyword {
        case .connect: try connect(step.argument)
        case .configure: try configure(step)
        case .ready: try ready(step)
        case .send: try send(step.argument)
        case .raw: try raw(step.argument)
        case .call: try call(step.argument)
        case .request: try request(step)
        case .close: for (_, port) in try named(step) { port.hangUp() }
        default: break
        }
    }

    private func connect(_ argument: JSON) throws {
        let names = argument.array?.compactMap(\.string) ?? [argument["port"]?.string ?? argument.string ?? ""]
        for name in names {
            let port = try ScenePort(socket: try connectWhenReady())
            ports[name] = port
            try check(argument["greeting"], port.greeting, "\(name): the greeting: ")
        }
    }

    /// Connects to the daemon, which may still be starting.
    private func connectWhenReady() throws -> LineSocket {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            do { return try LineSocket(path: daemon.socket) } catch {
                guard daemon.isRunning, ContinuousClock.now < deadline else { throw error }
                usleep(5000)
            }
        }
    }

    /// The configure of a signed-in Streams page.
    private var credentials: JSONObject {
        JSONObject([
            ("authToken", "token-1"), ("authTokenExpiration", "$late"), ("refreshToken", "refresh-1"),
            ("region", "us-west-2"), ("endpoint", "$origin/api"), ("authorizeEndpoint", "$origin/auth/authorize"),
            ("agentAppEndpoint", "$origin/agent-app/api"), ("authCookieName", "cookie-name"),
            ("taskTemplatesEndpoint", "$origin/task-templates/api/ccp"), ("longPollingOptions", .null),
        ])
    }

    private func configure(_ step: Step) throws {
        var data = names.filled(.object(credentials)).object ?? JSONObject()
        for member in step.argument["with"]?.object?.members ?? [] {
            data[member.name] = member.value == "<absent>" ? nil : member.value
        }
        for (_, port) in try named(step) { try port.send(EventName.configure, .object(data)) }
    }

    /// Sends configure and waits for the agent and the websocket.
    private func ready(_ step: Step) throws {
        try configure(step)
        for (name, port) in try named(step) {
            for event in [EventName.agentUpdate, EventName.webSocketConnectionOpen] {
                guard try port.next(event, before: deadline(step)) != nil else {
                    throw SceneFailure("\(name) got no \(event)")
                }
            }
        }
    }

    private func send(_ argument: JSON) throws {
        guard let event = argument["event"]?.string else { throw SceneFailure("send needs an event") }
        try write(ServerLine.encode(event, argument["data"]), argument)
    }

    private func raw(_ argument: JSON) throws {
        guard let line = argument["line"]?.string else { throw SceneFailure("raw needs a line") }
        try write(Array((line + "\n").utf8), argument)
    }

    /// Writes a line `times` times in a single write. The daemon may close the port because of the first line, and then
    /// a second write would fail.
    private func write(_ line: [UInt8], _ argument: JSON) throws {
        let lines = Array(repeatElement(line, count: argument["times"]?.int ?? 1).joined())
        try port(argument["port"]?.string).write(lines)
    }

    /// Sends an api_request and checks its answer. Without data and err any success passes.
    private func call(_ argument: JSON) throws {
        let port = try port(argument["port"]?.string)
        let id = argument["id"] ?? "request"
        var data = JSONObject([("event", "api_request"), ("requestId", id)])
        data["method"] = argument["method"]
        data["params"] = argument["params"]
        try port.send(EventName.apiRequest, .object(data))
        guard let answer = try port.next(EventName.apiResponse, before: .now + .milliseconds(Self.defaultTimeout))
        else {
            throw SceneFailure("no api_response")
        }
        try check(
            [
                "event": "api_response", "requestId": id, "data": argument["data"] ?? "<any>",
                "err": argument["err"] ?? .null,
            ], answer.data, "")
    }
}
