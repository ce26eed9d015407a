// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The tokens for the service and the URLs that they may be sent to.
struct Credentials: Equatable {
    private(set) var token: Secret
    /// When the token expires, in milliseconds since 1970; nil if unknown.
    private(set) var expiry: Int64?
    let refreshToken: Secret?
    let endpoint: String
    let authorizeEndpoint: String?
    let agentAppEndpoint: String?
    let authCookieName: String?
    let taskTemplatesEndpoint: String?

    /// From a client's `configure`. Nil if the real worker would ignore it, or if the token would be sent unencrypted.
    init?(configure data: JSON) {
        guard let token = data["authToken"]?.string, !token.isEmpty, Self.isPresent(data, "region"),
            Self.isPresent(data, "agentAppEndpoint"), Self.isPresent(data, "authCookieName"),
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

    func renewed(token: Secret, expiry: Int64?) -> Credentials {
        var credentials = self
        credentials.token = token
        credentials.expiry = expiry
        return credentials
    }

    /// Parses a timestamp: RFC 3339 text, or a number of milliseconds since 1970.
    static func instant(_ value: JSON?) -> Int64? {
        switch value {
        case .string(let text): Timestamp.milliseconds(text)
        // Numbers beyond the range of dates are rejected, because later arithmetic on them would overflow.
        case .number(let number): Int64(exactly: number.double.rounded()).flatMap { abs(Double($0)) < 1e14 ? $0 : nil }
        case .null, .bool, .array, .object, nil: nil
        }
    }

    /// All URLs that the token would be sent to.
    private static func endpoints(_ data: JSON) -> [String] {
        ["endpoint", "authorizeEndpoint", "agentAppEndpoint", "taskTemplatesEndpoint"].compactMap { url(data[$0]) }
    }

    /// Adds `https://` to a URL without a scheme, as Streams does.
    private static func url(_ value: JSON?) -> String? {
        guard let text = value?.string else { return nil }
        return text.isEmpty || text.contains("://") ? text : "https://\(text)"
    }

    private static func isPresent(_ data: JSON, _ name: String) -> Bool { !(data[name] ?? .null).isNull }
}
