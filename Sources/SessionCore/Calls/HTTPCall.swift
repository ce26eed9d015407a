// SPDX-License-Identifier: Apache-2.0
import AgentModel
public import StreamsProtocol

/// One HTTP request. Its URL, headers and body may contain tokens, so it prints only its method and purpose.
public struct HTTPCall: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
    }

    /// A name for logs: the operation, or for example `authorize`.
    public let purpose: String
    public let method: Method
    public let url: String
    public let headers: [Header]
    /// Nil for GET.
    public let body: [UInt8]?
    /// True if the request carries the session's cookies. Cookies that the response sets are then kept.
    public let usesCookies: Bool
    /// The limit for the whole call, in milliseconds.
    public let timeout: Int64

    public struct Header: Equatable, Sendable {
        public let name: String
        /// May be a token.
        public let value: Secret
    }

    init(
        purpose: String, method: Method, url: String, headers: [(String, String)] = [], body: [UInt8]? = nil,
        usesCookies: Bool = false, timeout: Int64
    ) {
        self.purpose = purpose
        self.method = method
        self.url = url
        self.headers = headers.map { Header(name: $0.0, value: Secret($0.1)) }
        self.body = body
        self.usesCookies = usesCookies
        self.timeout = timeout
    }

    /// The same call of the CTI service with another token, in the header and as a JSON string in the body.
    func replacing(_ old: Secret, by new: Secret) -> HTTPCall {
        HTTPCall(
            purpose: purpose, method: method, url: url,
            headers: headers.map { ($0.name, ($0.value == old ? new : $0.value).reveal()) },
            body: body.map { body in
                let text = String(decoding: body, as: UTF8.self)
                return Array(text.replacing(JSON.string(old.reveal()).text, with: JSON.string(new.reveal()).text).utf8)
            }, usesCookies: usesCookies, timeout: timeout)
    }

    public var description: String { "\(method.rawValue) \(purpose)" }
    /// Contains only the purpose.
    public var customMirror: Mirror { Mirror(self, children: ["purpose": purpose]) }
}

public enum HTTPOutcome: Equatable, Sendable {
    case response(HTTPResponse)
    /// No response: the connection was refused or reset, the call timed out, or the host is unknown. The text is for the
    /// log.
    case failure(String)
}
