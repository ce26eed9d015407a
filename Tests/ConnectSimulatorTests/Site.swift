// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix

@testable import ConnectSimulator

/// The routes of a simulated instance, called in this process.
final class Site: Sendable {
    static let origin = "http://127.0.0.1:8080"
    static let password = "s3cret-word"

    let host: InstanceHost
    private let responder: RouterResponder<SimulatorContext>
    /// A request's context must have one; no request arrives on it.
    private let channel: any Channel

    init(_ change: (inout InstanceSettings) -> Void = { _ in }) async throws {
        let host = InstanceHost(
            instance: Bench(seed: 1, change).instance, clock: VirtualClock(speed: 1), logger: Logger(label: "test"),
            perform: { _ in })
        let cti = CTIService(host: host)
        let signIn = SignInService(
            host: host, cti: cti, username: "robin", password: Self.password, isSecure: false)
        let router = serviceRouter(
            cti: cti, signIn: signIn, saml: SAMLService(host: host, signIn: signIn),
            others: SideServices(host: host, cti: cti))
        self.host = host
        responder = router.buildResponder()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        await host.setAddresses(SimulatedInstance.Addresses(origin: Self.origin))
    }

    deinit { channel.close(promise: nil) }

    struct Answer: Sendable {
        var status: Int
        var headers: HTTPFields
        var text: String

        var location: String? { headers[.location] }
        var json: JSON { (try? JSON(bytes: text.utf8)) ?? .null }
        /// The cookie that the answer sets, as `name=value`.
        var cookie: String? {
            guard let header = headers[.setCookie] else { return nil }
            return String(header.prefix { $0 != ";" })
        }

        /// The value of a hidden field.
        func field(_ name: String) -> String? {
            guard let start = text.firstRange(of: "name=\"\(name)\" value=\"") else { return nil }
            return String(text[start.upperBound...].prefix { $0 != "\"" })
        }

        /// The page's hidden fields of SAML.
        func message(_ name: String) -> [String: String] {
            [name: field(name) ?? "none", "RelayState": field("RelayState") ?? "none"]
        }
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields, body: String = ""
    ) async throws -> Answer {
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "127.0.0.1:8080", path: path, headerFields: headers),
            body: RequestBody(buffer: ByteBuffer(string: body)))
        let context = SimulatorContext(
            source: ApplicationRequestContextSource(channel: channel, logger: Logger(label: "test")))
        let response = try await responder.respond(to: request, context: context)
        let collected = CollectedBody()
        try await response.body.write(CollectingWriter(collected: collected))
        return Answer(
            status: response.status.code, headers: response.headers, text: String(buffer: collected.buffer))
    }

    func get(_ path: String, cookie: String? = nil) async throws -> Answer {
        var headers = HTTPFields()
        headers[.cookie] = cookie
        return try await send(.get, path, headers)
    }

    /// Posts a form. The values must not need escapes.
    func post(_ path: String, _ fields: [String: String]) async throws -> Answer {
        let body = fields.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
        return try await send(.post, path, HTTPFields(), body: body)
    }

    /// Calls an operation of the CTI service that needs no other member than `authentication`.
    func call(_ operation: String, token: String) async throws -> Answer {
        var headers = HTTPFields()
        headers[.amazonTarget] = "AmazonConnectCTIService.\(operation)"
        headers[.amazonBearer] = token
        return try await send(.post, "/connect/api", headers, body: #"{"authentication":{"authToken":"t"}}"#)
    }

    func control(_ action: String, _ members: [String: JSON] = [:]) async throws {
        _ = try await host.control(try ControlStep(action: action, members: members), named: action)
    }

    func state() async -> JSON { await host.state(websockets: []) }
}

private final class CollectedBody {
    var buffer = ByteBuffer()
}

private struct CollectingWriter: ResponseBodyWriter {
    let collected: CollectedBody

    func write(_ buffer: ByteBuffer) async throws { collected.buffer.writeImmutableBuffer(buffer) }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
