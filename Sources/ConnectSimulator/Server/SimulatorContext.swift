// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Hummingbird
import NIOCore

/// A request's context with its channel: a fault rule may cut the connection instead of sending an answer.
struct SimulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: Source) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The limit of a request body, bytes.
    static let largestBody = 4 << 20
}

extension Response {
    static func json(_ value: JSON, status: Int = 200, type: String = "application/json") -> Response {
        Response(
            status: .init(code: status), headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes)))
    }

    /// The answer of a fault rule.
    static func json(_ reply: CTIService.Reply) -> Response {
        var response = json(reply.body, status: reply.status)
        response.headers[.retryAfter] = reply.retryAfter.map(String.init)
        return response
    }

    /// Server-sent events, until the client closes the connection.
    static func events(_ stream: AsyncStream<InstanceEvent>) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
            body: ResponseBody(asyncSequence: stream.map { ByteBuffer(string: $0.text) }))
    }

    static func page(_ html: String, status: Int = 200) -> Response {
        text(html, status: status, type: "text/html; charset=utf-8")
    }

    static func text(_ text: String, status: Int = 200, type: String = "text/plain; charset=utf-8") -> Response {
        Response(
            status: .init(code: status), headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
