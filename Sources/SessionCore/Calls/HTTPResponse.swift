// SPDX-License-Identifier: Apache-2.0
public import AgentModel
public import StreamsProtocol

/// A response with any status.
public struct HTTPResponse: Equatable, Sendable {
    public var status: Int
    /// The text of its status line.
    public var reason: String
    public var body: [UInt8]
    /// The header of that name, in milliseconds from the response's arrival; nil if there is none.
    public var retryAfter: Int64?
    /// Why the request carried no cookies although it should; nil if it did, or needed none.
    public var cookieProblem: String?
    /// The body's content, if it was parsed already: a long body is parsed before it reaches the session, on another thread.
    public private(set) var parsed: Result<JSON, JSONError>?

    public init(status: Int, reason: String, body: [UInt8], retryAfter: Int64? = nil) {
        (self.status, self.reason, self.body, self.retryAfter) = (status, reason, body, retryAfter)
    }

    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The body as JSON. Repairs invalid UTF-8 as a browser does: one broken attribute must not lose the whole agent.
    var json: Result<JSON, JSONError> { parsed ?? Self.parse(body) }

    /// The same response with its body parsed. Takes as long as the body is.
    public func parsing() -> HTTPResponse {
        var response = self
        response.parsed = Self.parse(body)
        return response
    }

    private static func parse(_ body: [UInt8]) -> Result<JSON, JSONError> {
        let text = Array(String(decoding: body, as: UTF8.self).utf8)
        return Result { () throws(JSONError) in try JSON(parsing: text) }
    }
}

extension HTTPOutcome {
    /// A response whose body is not parsed yet.
    public static func response(
        status: Int, reason: String, body: [UInt8], retryAfter: Int64? = nil
    ) -> HTTPOutcome {
        .response(HTTPResponse(status: status, reason: reason, body: body, retryAfter: retryAfter))
    }
}
