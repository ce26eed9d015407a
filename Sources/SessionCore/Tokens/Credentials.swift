import AgentModel
import StreamsProtocol

/// What it takes to call the service: tokens and where to send them.
struct Credentials: Equatable {
    private(set) var token: Secret
    /// When the token ends, in milliseconds since 1970; nil if nobody said.
    private(set) var expiry: Int64?
    let refreshToken: Secret?
    let endpoint: String
    let authorizeEndpoint: String?
    let agentAppEndpoint: String?
    let authCookieName: String?
    let taskTemplatesEndpoint: String?

    /// What a client's `configure` brings; nil if the real worker would swallow it, or if the token would travel in the
    /// clear.
    init?(configure data: JSON) {
        guard let token = data["authToken"]?.string, !token.isEmpty, Self.given(data, "region"),
            Self.given(data, "agentAppEndpoint"), Self.given(data, "authCookieName"),
            let endpoint = Self.url(data["endpoint"]), Self.endpoints(data).allSatisfy(PlainURL.isSafe)
        else { return nil }
        self.token = Secret(token)
        self.endpoint = endpoint
        expiry = Self.instant(data["authTokenExpiration"])
        refreshToken = data["refreshToken"]?.string.map(Secret.init)
        authorizeEndpoint = Self.url(data["authorizeEndpoint"])
        agentAppEndpoint = Self.url(data["agentAppEndpoint"])
        authCookieName = data["authCookieName"]?.string
        taskTemplatesEndpoint = Self.url(data["taskTemplatesEndpoint"])
    }

    init(token: Secret, expiry: Int64?, instance: SessionSettings.Instance) {
        self.token = token
        self.expiry = expiry
        refreshToken = nil
        endpoint = instance.endpoint
        authorizeEndpoint = instance.authorizeEndpoint
        agentAppEndpoint = instance.agentAppEndpoint
        authCookieName = instance.authCookieName
        taskTemplatesEndpoint = instance.taskTemplatesEndpoint
    }

    /// The same with a new token.
    func renewed(token: Secret, expiry: Int64?) -> Credentials {
        var credentials = self
        credentials.token = token
        credentials.expiry = expiry
        return credentials
    }

    /// An instant as the backend writes it here: RFC 3339 text, or milliseconds since 1970.
    static func instant(_ value: JSON?) -> Int64? {
        switch value {
        case .string(let text): Timestamp.milliseconds(text)
        // Within the years that a date may have: what lies beyond is not an instant, and must not overflow.
        case .number(let number): Int64(exactly: number.double.rounded()).flatMap { abs(Double($0)) < 1e14 ? $0 : nil }
        case .null, .bool, .array, .object, nil: nil
        }
    }

    /// Every URL that the token would be sent to.
    private static func endpoints(_ data: JSON) -> [String] {
        ["endpoint", "authorizeEndpoint", "agentAppEndpoint", "taskTemplatesEndpoint"].compactMap { url(data[$0]) }
    }

    /// A URL as Streams takes it: without a scheme it is an https one.
    private static func url(_ value: JSON?) -> String? {
        guard let text = value?.string else { return nil }
        return text.isEmpty || text.contains("://") ? text : "https://\(text)"
    }

    private static func given(_ data: JSON, _ name: String) -> Bool { !(data[name] ?? .null).isNull }
}
