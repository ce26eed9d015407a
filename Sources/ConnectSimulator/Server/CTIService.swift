// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// The CTI service over HTTP: AWS JSON 1.0.
struct CTIService: Sendable {
    static let contentType = "application/x-amz-json-1.0"
    private static let service = "AmazonConnectCTIService."

    let host: InstanceHost

    func respond(to request: Request, context: SimulatorContext) async throws -> Response {
        let target = request.headers[.amazonTarget] ?? ""
        let isOurs = target.hasPrefix(Self.service)
        let operation = isOurs ? String(target.dropFirst(Self.service.count)) : target
        let buffer = try await request.body.collect(upTo: SimulatorContext.largestBody)
        let input = buffer.readableBytes == 0 ? JSON.object([:]) : try? JSON(bytes: buffer.readableBytesView)
        let bearer = request.headers[.amazonBearer]
        await host.note(operation, body: input ?? .null, hasBearer: bearer != nil)
        let reply = try await reply(operation, isOurs, bearer, input, context)
        return answer(reply, isCompressed: Self.acceptsGzip(request))
    }

    private func reply(
        _ operation: String, _ isOurs: Bool, _ bearer: String?, _ input: JSON?, _ context: SimulatorContext
    ) async throws -> Reply {
        if let reply = try await fault(for: operation, context) { return reply }
        guard isOurs else { return failure(.unknownOperation(operation)) }
        guard await host.isValid(token: bearer) else { return failure(.unauthorized) }
        guard await host.hasAccess else { return failure(.noAccess) }
        guard let input else { return failure(.unreadable) }
        return await perform(operation, input)
    }

    private func perform(_ operation: String, _ input: JSON) async -> Reply {
        let result =
            operation == "GetAgentSnapshot" ? await host.poll(input) : await host.handle(operation, input)
        switch result {
        case .success(let output): return Reply(status: 200, body: output)
        case .failure(let fault): return failure(fault)
        }
    }

    struct Reply: Sendable {
        var status: Int
        var body: JSON
        /// Seconds.
        var retryAfter: Int?
    }

    private func failure(_ fault: ServiceFault) -> Reply { Reply(status: fault.status, body: fault.body) }

    private static func acceptsGzip(_ request: Request) -> Bool {
        request.headers[.acceptEncoding]?.lowercased().contains("gzip") ?? false
    }

    private func answer(_ reply: Reply, isCompressed: Bool) -> Response {
        let bytes = isCompressed ? Gzip.stored(reply.body.bytes) : reply.body.bytes
        var headers: HTTPFields = [.contentType: Self.contentType]
        headers[.amazonRequestId] = UUID().uuidString.lowercased()
        headers[.retryAfter] = reply.retryAfter.map(String.init)
        if isCompressed { headers[.contentEncoding] = "gzip" }
        return Response(
            status: .init(code: reply.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Applies the next fault rule for the operation: delays, cuts the connection, or returns the failure to send.
    /// - Returns: nil if the request is to be handled normally.
    func fault(for operation: String, _ context: SimulatorContext) async throws -> Reply? {
        guard let rule = await host.takeFault(for: operation) else { return nil }
        if rule.delaySeconds > 0 { try await Task.sleep(for: .seconds(rule.delaySeconds)) }
        if rule.drop { abort(context.channel) }
        guard rule.drop || rule.status != nil else { return nil }
        let status = rule.status ?? 500
        var members: [String: JSON] = ["message": .string(rule.message ?? "requested by the control API")]
        members["__type"] = .string(rule.code ?? Self.defaultCode(status))
        return Reply(status: status, body: .object(members), retryAfter: rule.retryAfterSeconds)
    }

    private static func defaultCode(_ status: Int) -> String {
        switch status {
        case 401: "UnauthorizedException"
        case 403: "AccessDeniedException"
        case 404: "ContactNotFoundException"
        case 429: "ThrottlingException"
        case 500...: "InternalServiceException"
        default: "ValidationException"
        }
    }
}

extension HTTPField.Name {
    static let amazonTarget = HTTPField.Name("X-Amz-Target") ?? .from
    static let amazonBearer = HTTPField.Name("X-Amz-Bearer") ?? .authorization
    static let amazonRequestId = HTTPField.Name("x-amzn-RequestId") ?? .eTag
}
