// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import StreamsProtocol

extension BackendCore {
    /// The ordinary answer of every operation except the long poll.
    func answerAtOnce(_ request: SeenRequest) -> BackendAnswer {
        switch request.operation {
        case "GetAgentConfiguration": .success(["configuration": .object(agent.configuration)])
        case "GetAgentPermissions": page("permissions", request)
        case "GetAgentStates": page("states", request)
        case "GetDialableCountryCodes": page("countryCodes", request)
        case "GetRoutingProfileQueues": page("queues", request)
        case "GetEndpoints": page("endpoints", request)
        case "CreateTransport": transport(request)
        case "GetNewAuthToken":
            .success([
                "newAuthToken": "token-renewed", "expirationDateTime": .double(Date.now.timeIntervalSince1970 + 36_000),
            ])
        case "CreateTaskContact": .success(["contactId": "task-1"])
        case "authorize": authorize
        case "agentApp": .success(["of": .string(request.headers["x-amz-target"] ?? "")])
        case "taskTemplates": .success(["path": .string(request.path)])
        case "region": .success(region)
        case "socket": .error(400, code: nil, message: "a websocket, please")
        case "unknown": .error(404, code: nil, message: nil)
        default: .success([:])
        }
    }

    /// One page of a list. `nextToken` is the index of the next page's first element.
    private func page(_ member: String, _ request: SeenRequest) -> BackendAnswer {
        let elements = agent.lists[member] ?? []
        let start = request.body?["nextToken"]?.string.flatMap(Int.init) ?? 0
        let end = min(start + (paging[request.operation] ?? elements.count), elements.count)
        var object = JSONObject([(member, .array(Array(elements[min(start, end)..<end])))])
        if end < elements.count { object["nextToken"] = .string(String(end)) }
        return .success(AgentData.served(.object(object)))
    }

    private func transport(_ request: SeenRequest) -> BackendAnswer {
        switch request.body?["transportType"]?.string {
        case "web_socket":
            .success([
                "webSocketTransport": [
                    "url": .string("ws://\(authority)/ws?n=\(number(of: "socket"))"),
                    "transportLifeTimeInSeconds": .int(sockets.life),
                ]
            ])
        case "chat_token":
            .success([
                "chatTokenTransport": ["participantToken": "participant-1", "expiry": "2025-01-01T13:00:00.000Z"]
            ])
        case "agent_discovery":
            .success([
                "agentDiscoveryTransport": [
                    "presignedUrl": .string("http://\(authority)/region?n=\(number(of: "region"))")
                ]
            ])
        default: .error(400, code: "ValidationException", message: "no such transport")
        }
    }

    private var authorize: BackendAnswer {
        .success([
            "accessToken": .string("token-authorized-\(number(of: "authorize"))"),
            "expiration": .int(Int((Date.now.timeIntervalSince1970 + 36_000) * 1000)),
        ])
    }
}
