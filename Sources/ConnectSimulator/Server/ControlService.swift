// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Hummingbird
import NIOCore

/// The control API over HTTP: turns paths and bodies into control steps.
struct ControlService: HTTPResponder {
    typealias Context = SimulatorContext

    let host: InstanceHost
    let hub: WebSocketHub

    func respond(to request: Request, context: SimulatorContext) async throws -> Response {
        let path = request.uri.path.split(separator: "/").map(String.init)
        if request.method == .get { return await inspect(path, request) }
        do throws(ControlError) {
            guard let (action, extra) = Self.step(request.method, path) else {
                throw ControlError(status: 404, member: nil, message: "no \(request.method) \(request.uri.path)")
            }
            var members = try await Self.body(request)
            members.merge(extra) { $1 }
            let outcome = try await host.control(try ControlStep(action: action, members: members))
            return .json(.object(outcome.members))
        } catch {
            return Self.failure(error)
        }
    }

    private func inspect(_ path: [String], _ request: Request) async -> Response {
        switch path.first ?? "help" {
        case "help" where path.count <= 1: return .text(controlHelp)
        case "state" where path.count == 1: return .json(await host.state(websockets: hub.json))
        case "counts" where path.count == 1: return .json(await host.counts())
        case "requests" where path.count == 1:
            let operation = request.uri.queryParameters["operation"].map(String.init)
            return .json(await host.requests(of: operation))
        default:
            return Self.failure(
                ControlError(status: 404, member: nil, message: "no GET \(request.uri.path)"))
        }
    }

    /// The control action that a path names, and the members that the path contains.
    static func step(_ method: HTTPRequest.Method, _ path: [String]) -> (action: String, members: [String: JSON])? {
        if method == .delete { return path == ["faults"] ? ("clear-faults", [:]) : nil }
        guard method == .post else { return nil }
        let contactActions: Set = [
            "customer-accepts", "customer-hangs-up", "customer-says", "agent-misses", "agent-answers",
            "third-party-answers", "third-party-hangs-up", "error",
        ]
        if path == ["contacts"] { return ("incoming", [:]) }
        if path.count == 3, path[0] == "contacts", contactActions.contains(path[2]) {
            return (path[2], ["contact": .string(path[1])])
        }
        let action = path.joined(separator: "-")
        let others = Set(ControlStep.actions).subtracting(contactActions).subtracting(["incoming", "clear-faults"])
        return others.contains(action) ? (action, [:]) : nil
    }

    private static func body(_ request: Request) async throws(ControlError) -> [String: JSON] {
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: SimulatorContext.largestBody)
        } catch {
            throw ControlError(status: 400, member: nil, message: "the body cannot be read")
        }
        if buffer.readableBytes == 0 { return [:] }
        guard let value = try? JSON(bytes: buffer.readableBytesView), let members = value.object else {
            throw ControlError(status: 400, member: nil, message: "the body must be a JSON object")
        }
        return members
    }

    private static func failure(_ error: ControlError) -> Response {
        .json(
            [
                "error": .string(error.message), "member": .optional(error.member),
                "help": "GET /help lists all calls",
            ], status: error.status)
    }
}
