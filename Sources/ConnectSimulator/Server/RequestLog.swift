// SPDX-License-Identifier: Apache-2.0

/// The last requests and a count per operation. Tokens and passwords are redacted.
struct RequestLog: Sendable {
    /// How many requests are kept. Older ones remain only in `counts`.
    static let capacity = 1000

    private var entries: [JSON] = []
    private var total = 0
    private(set) var counts: [String: Int] = [:]

    /// - Parameters:
    ///   - operation: the CTI operation, or `authorize`, `login`, `logout`, `saml`, `websocket`, `websocket:<topic>`,
    ///     or one of the other services.
    ///   - call: for `saml` and the services other than CTI, the method or path that was called.
    ///   - time: epoch seconds.
    mutating func note(
        _ operation: String, call: String? = nil, body: JSON = .null, hasBearer: Bool = false, at time: Double
    ) {
        total += 1
        counts[operation, default: 0] += 1
        let entry: JSON = [
            "number": .int(total), "time": .timestamp(time), "operation": .string(operation),
            "bearer": hasBearer ? "<redacted>" : .null, "body": Self.redacted(body),
        ]
        entries.append(call.map { entry.adding(["call": .string($0)]) } ?? entry)
        if entries.count > Self.capacity { entries.removeFirst(entries.count - Self.capacity) }
    }

    /// The kept requests; with `operation`, only those whose operation or call has that name.
    func json(operation: String?) -> JSON {
        guard let operation else { return .array(entries) }
        return .array(entries.filter { $0["operation"]?.string == operation || $0["call"]?.string == operation })
    }

    private static func redacted(_ body: JSON) -> JSON {
        guard case .object(let members) = body else { return body }
        let secret: Set = ["authToken", "refreshToken", "password"]
        return .object(
            Dictionary(
                uniqueKeysWithValues: members.map { ($0, secret.contains($0) ? "<redacted>" : redacted($1)) }))
    }
}
