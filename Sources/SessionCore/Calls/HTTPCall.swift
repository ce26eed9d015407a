/// One HTTP request as a plain value. Its URL, headers and body may hold tokens, so it prints only what it is for.
public struct HTTPCall: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
    }

    /// What the call is for, in a word: an operation's name, `authorize`.
    public let purpose: String
    /// GET, POST or PUT.
    public let method: Method
    public let url: String
    /// Names and values.
    public let headers: [Header]
    /// The body; nil for GET.
    public let body: [UInt8]?
    /// True if the session's cookies go with it (and cookies in the answer are kept).
    public let usesCookies: Bool
    /// How long it may take in all, in milliseconds.
    public let timeout: Int64

    public struct Header: Equatable, Sendable {
        public let name: String
        /// Its value, which may be a token.
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

    /// Method and purpose, nothing else.
    public var description: String { "\(method.rawValue) \(purpose)" }
    /// Method and purpose, nothing else.
    public var customMirror: Mirror { Mirror(self, children: ["purpose": purpose]) }
}

public enum HTTPOutcome: Equatable, Sendable {
    /// An answer, of whatever status. `reason` is the status line's text.
    case response(status: Int, reason: String, body: [UInt8])
    /// No answer: refused, reset, timed out, no such host. In words, for the log.
    case failure(String)
}
