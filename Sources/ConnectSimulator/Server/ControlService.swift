// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Hummingbird
import NIOCore

/// The control API over HTTP: turns paths and bodies into control steps.
struct ControlService: HTTPResponder {
    typealias Context = SimulatorContext

    let host: InstanceHost
    let hub: WebSocketHub
    let player: ScenarioPlayer
    let settings: InstanceSettings

    func respond(to request: Request, context: SimulatorContext) async throws -> Response {
        let path = request.uri.path.split(separator: "/").map(String.init)
        if request.method == .get { return await inspect(path, request) }
        do throws(ControlError) {
            if request.method == .post, path == ["scenario"] { return try await playScenario(request) }
            guard let (action, extra) = Self.step(request.method, path) else { throw Self.noPath(request) }
            var members = try await Self.body(request)
            members.merge(extra) { $1 }
            let step = try ControlStep(action: action, members: members)
            // The scenario's next steps would be about contacts that are gone.
            if action == "reset" { await player.stop() }
            let outcome = try await host.control(step, named: action)
            return .json(.object(outcome.members))
        } catch {
            return Self.failure(error)
        }
    }

    private func inspect(_ path: [String], _ request: Request) async -> Response {
        switch path.first ?? "help" {
        case "help" where path.count <= 1: return .text(controlHelp)
        case "state" where path.count == 1: return .json(await host.state(websockets: hub.json))
        case "contacts" where path.count == 1: return .json(await host.contacts())
        case "agents" where path.count == 1: return .json(await host.agents())
        case "events" where path.count == 1: return .events(await host.watch())
        case "counts" where path.count == 1: return .json(await host.counts())
        case "requests" where path.count == 1:
            let operation = request.uri.queryParameters["operation"].map(String.init)
            return .json(await host.requests(of: operation))
        default: return Self.failure(Self.noPath(request))
        }
    }

    private static func noPath(_ request: Request) -> ControlError {
        let reads = ["/help", "/state", "/contacts", "/agents", "/counts", "/requests", "/events"]
        let writes = ["/contacts", "/contacts/<id>/<step>"] + posts.sorted() + ["/scenario"]
        let steps = ControlStep.contactActions.sorted()
        return ControlError(
            status: 404, member: nil,
            message: "no \(request.method) \(request.uri.path); there are GET \(reads.joined(separator: ", ")); "
                + "POST \(writes.joined(separator: ", ")); DELETE /faults; steps of a contact: "
                + steps.joined(separator: ", "))
    }

    /// The paths of the steps that are not about a contact.
    private static let posts = ControlStep.actions.filter { step(.post, [$0]) != nil }.map { action in
        "/" + action.split(separator: "-", maxSplits: 1).joined(separator: "/")
    }

    /// The control action that a path names, and the members that the path contains.
    static func step(_ method: HTTPRequest.Method, _ path: [String]) -> (action: String, members: [String: JSON])? {
        if method == .delete { return path == ["faults"] ? ("clear-faults", [:]) : nil }
        guard method == .post else { return nil }
        if path == ["contacts"] { return ("incoming", [:]) }
        if path.count == 3, path[0] == "contacts", ControlStep.contactActions.contains(path[2]) {
            return (path[2], ["contact": .string(path[1])])
        }
        let action = path.joined(separator: "-")
        let others = Set(ControlStep.actions).subtracting(ControlStep.contactActions).subtracting([
            "incoming", "clear-faults",
        ])
        return others.contains(action) ? (action, [:]) : nil
    }

    /// `{scenario: demo}` or `{yaml: TEXT}`.
    private func playScenario(_ request: Request) async throws(ControlError) -> Response {
        var fields = ControlFields(try await Self.body(request))
        let name = try fields.optionalString("scenario")
        let yaml = try fields.optionalString("yaml")
        try fields.finish()
        if name != nil, yaml != nil { throw .member("yaml", "cannot be combined with scenario") }
        guard name != nil || yaml != nil else { throw .member("scenario", "is required (demo), or yaml") }
        guard let text = yaml ?? name.flatMap(BuiltInScenario.named) else {
            throw .member("scenario", "must be demo; other scenarios are sent as yaml")
        }
        do throws(ConfigurationError) {
            let scenario = try Scenario(yaml: text, file: name ?? "yaml")
            try scenario.check(settings)
            await player.play(scenario)
            return .json(["ok": true, "steps": .int(scenario.steps.count), "seconds": .double(scenario.duration)])
        } catch {
            throw ControlError(status: 400, member: "yaml", message: "\(error)")
        }
    }

    private static func body(_ request: Request) async throws(ControlError) -> [String: JSON] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > SimulatorContext.largestBody {
            throw tooLarge
        }
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: SimulatorContext.largestBody)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch {
            throw ControlError(status: 400, member: nil, message: "the body cannot be read")
        }
        if buffer.readableBytes == 0 { return [:] }
        guard let value = try? JSON(bytes: buffer.readableBytesView), let members = value.object else {
            throw ControlError(status: 400, member: nil, message: "the body must be a JSON object")
        }
        return members
    }

    private static let tooLarge = ControlError(
        status: 413, member: nil, message: "the body is longer than \(SimulatorContext.largestBody) bytes")

    private static func failure(_ error: ControlError) -> Response {
        var response = Response.json(
            [
                "error": .string(error.message), "member": .optional(error.member),
                "help": "GET /help lists all calls",
            ], status: error.status)
        // The rest of the body is not read.
        if error.status == 413 { response.headers[.connection] = "close" }
        return response
    }
}
