// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Hummingbird
import NIOCore

/// The services other than CTI, over HTTP with plain JSON.
struct SideServices: Sendable {
    let host: InstanceHost
    let cti: CTIService

    /// POST /agent-app/api
    func agentApp(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let method = request.headers[.amazonTarget] ?? ""
        return try await answer(.agentApp, method, request, context) { body in
            .agentApp(method: method, input: body)
        }
    }

    /// Everything under /task-templates/api/ccp
    func taskTemplates(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let path = TaskTemplatePath(request.uri.path)
        let query = Dictionary(
            request.uri.queryParameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { $1 })
        let hasToken = request.headers[.csrfToken] == "csrf"
        let search = request.uri.query.map { "?\($0)" } ?? ""
        let what = "\(request.method.rawValue) \(path.text)\(search)"
        return try await answer(.taskTemplates, what, request, context) { body throws(ServiceFault) in
            guard hasToken else { throw .accessDenied("the header x-csrf-token: csrf is missing") }
            return try path.call(request.method, query: query, body: body)
        }
    }

    /// GET /quick-responses/integration
    func quickResponsesIntegration(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        try await answer(.quickResponses, "integration", request, context) { _ in .quickResponsesExist }
    }

    /// POST /quick-responses/search
    func searchQuickResponses(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        try await answer(.quickResponses, "search", request, context) { .searchQuickResponses($0) }
    }

    /// POST /screen-sharing
    func startScreenSharing(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        try await answer(.screenSharing, "start", request, context) { .startScreenSharing($0) }
    }

    /// GET /agent-discovery, the presigned URL that createTransport returns.
    func discovery(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        await host.note(SideService.discovery.rawValue)
        if let reply = try await cti.fault(for: SideService.discovery.rawValue, context) { return .json(reply) }
        let signature = request.uri.queryParameters["X-Amz-Signature"].map(String.init)
        return .json(await host.activeInstance(signature: signature))
    }

    /// Handles a request of any of these services: logs it, applies a fault rule, checks the credentials, answers.
    private func answer(
        _ service: SideService, _ what: String, _ request: Request, _ context: SimulatorContext,
        call: @Sendable (JSON) throws(ServiceFault) -> SideCall
    ) async throws -> Response {
        let credentials = RequestCredentials(request)
        let buffer = try await request.body.collect(upTo: SimulatorContext.largestBody)
        let body = buffer.readableBytes == 0 ? [:] : try? JSON(bytes: buffer.readableBytesView)
        await host.note(service.rawValue, call: what, body: body ?? .null, hasBearer: credentials.bearer != nil)
        if let reply = try await cti.fault(for: service.rawValue, context) { return .json(reply) }
        do throws(ServiceFault) {
            try await host.admit(credentials, to: service)
            guard let body else { throw .unreadable }
            return .json(await host.handle(try call(body), of: service))
        } catch {
            return .json(.failure(error))
        }
    }
}

extension Response {
    fileprivate static func json(_ result: Result<JSON, ServiceFault>) -> Response {
        switch result {
        case .success(let output): .json(output)
        case .failure(let fault): .json(fault.body, status: fault.status)
        }
    }
}

extension HTTPField.Name {
    static let csrfToken = HTTPField.Name("x-csrf-token") ?? .from
}

/// A path of the task-template service.
struct TaskTemplatePath: Sendable, Equatable {
    /// The path's components after `…/task-templates/api/ccp`.
    private let parts: [String]

    init(_ path: String) {
        let all = path.split(separator: "/").map(String.init)
        let start = all.firstIndex(of: "ccp").map { $0 + 1 } ?? 0
        parts = Array(all[start...])
    }

    var text: String { "/" + parts.joined(separator: "/") }

    func call(
        _ method: HTTPRequest.Method, query: [String: String], body: JSON
    ) throws(ServiceFault) -> SideCall {
        if method == .put, parts == ["createTemplatedTask"] { return .createTemplatedTask(body) }
        if method == .post, parts == ["updateContact"] { return .updateContact(body) }
        // /proxy/instance/<instance>/task/template[/<template>]
        guard method == .get, parts.count >= 5, parts[0] == "proxy", parts[1] == "instance", parts[3] == "task",
            parts[4] == "template", parts.count <= 6
        else { throw .unknownOperation("\(method.rawValue) \(text)") }
        guard parts.count == 6 else { return .listTaskTemplates(instanceId: parts[2], query: query) }
        return .getTaskTemplate(instanceId: parts[2], id: parts[5], version: query["snapshotVersion"])
    }
}
