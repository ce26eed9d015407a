// SPDX-License-Identifier: Apache-2.0
import AgentModel
import NIOHTTP1
import StreamsProtocol

/// A request that the backend received.
struct SeenRequest: Sendable {
    /// The CTI operation, or one of `authorize`, `agentApp`, `taskTemplates`, `region`, `socket`.
    let operation: String
    let method: String
    let path: String
    let headers: [String: String]
    let body: JSON?

    init(head: HTTPRequestHead, body: [UInt8]) {
        method = head.method.rawValue
        path = head.uri
        headers = head.headers.reduce(into: [:]) { $0[$1.name.lowercased()] = $1.value }
        self.body = body.isEmpty ? nil : (try? JSON(parsing: body)) ?? .string(String(decoding: body, as: UTF8.self))
        operation = Self.operation(of: head.uri, target: headers["x-amz-target"] ?? "")
    }

    /// The members that a `saw` step can compare.
    subscript(_ member: String) -> JSON? {
        switch member {
        case "body": body
        case "method": .string(method)
        case "path": .string(path)
        case "bearer": headers["x-amz-bearer"].map { .string($0) }
        case "target": headers["x-amz-target"].map { .string($0) }
        case "type": headers["content-type"].map { .string($0) }
        case "csrf": headers["x-csrf-token"].map { .string($0) }
        default: nil
        }
    }

    private static func operation(of path: String, target: String) -> String {
        let place = path.prefix { $0 != "?" }
        switch place {
        case "/api": return String(target.drop { $0 != "." }.dropFirst())
        case "/auth/authorize": return "authorize"
        case "/agent-app/api": return "agentApp"
        case "/region": return "region"
        case "/ws": return "socket"
        default: return place.hasPrefix("/task-templates/") ? "taskTemplates" : "unknown"
        }
    }
}

/// A frame that the backend received, with the number of its websocket, from 1.
struct SeenFrame: Sendable {
    let socket: Int
    let frame: JSON
}
