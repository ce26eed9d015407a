// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension Conduit {
    /// Sends `data.event` with `data.data` to every port, unchanged. Dropped without an event name, as in Streams.
    mutating func broadcast(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        guard let message = data?.message, let name = message.name, !name.isEmpty else { return }
        try BroadcastName.check(name, by: port.role)
        let isView = name == EventName.contactView
        append(
            EventLog.Entry(
                name, message.forwarded(as: name),
                audience: isView || Derivation.reserves(name) ? .streams : .everyone, from: port.name, time: now.wall))
        if isView { publishView(port, message.content?.value) }
        noteSeat(name, message.content?.value ?? .null, by: Author(port))
        if name == EventName.apiProxyRequest, let request = message.content { try proxy(port, request.value) }
    }

    /// The daemon carries out a broadcast `api_proxy_request`. It is rate limited and logged like any other request.
    private mutating func proxy(_ port: Port, _ request: JSON) throws(ProtocolError) {
        if let error = admit(port) { throw error }
        record(port, "a broadcast API request", ["method": String((request["method"]?.string ?? "none").prefix(64))])
        ask(port, .proxy(request))
    }

    /// Sends `contact::view` to subscribers with the contact added, like their other contact events.
    private mutating func publishView(_ port: Port, _ data: JSON?) {
        let line = ServerLine.encode(EventName.contactView, withContact(data))
        append(
            EventLog.Entry(
                EventName.contactView, LineBody(of: line), audience: .subscribers,
                contactId: data?["contactId"]?.string, from: port.name, time: now.wall))
    }
}

/// The rules for the names of broadcasts (decision 3, D19).
enum BroadcastName {
    /// What only the daemon sends to every port. As a client's broadcast it would pass for the daemon's. Pages of Streams
    /// broadcast none of it but `log`.
    static let ofDaemon = Set(DaemonEvent.all.filter { $0.audience == .everyone }.map(\.name))
        .subtracting([EventName.log])

    /// Throws if a port of this role may not broadcast the name.
    static func check(_ name: String, by role: Role) throws(ProtocolError) {
        guard hasFittingLength(name) else {
            throw ProtocolError(
                .invalidParams,
                "the name of a broadcast has at most \(EventPattern.longest) bytes and \(EventPattern.mostParts) parts")
        }
        // Otherwise a program that prints or compares the name could take it for another one.
        guard isVisible(name) else {
            throw ProtocolError(
                .invalidParams, "the name of a broadcast must not contain control or invisible characters")
        }
        guard !EventName.isReserved(name) else {
            throw ProtocolError(.notPermitted, "\(name) cannot be broadcast: only the daemon sends it")
        }
        let isOfDaemon =
            ofDaemon.contains(name) || name.utf8.starts(with: "webSocket::".utf8)
            || name.utf8.starts(with: "disasterRecovery::".utf8)
        guard !isOfDaemon || role >= .admin else {
            throw ProtocolError(
                .notPermitted, "\(name) is an event of the daemon: only the role admin may broadcast it, for tests",
                hint: Conduit.roleHint)
        }
    }

    private static func hasFittingLength(_ name: String) -> Bool {
        guard name.utf8.count <= EventPattern.longest else { return false }
        // Fast path: too few colons for that many parts.
        let colons = name.utf8.count { $0 == UInt8(ascii: ":") }
        return colons < 2 * EventPattern.mostParts || EventPattern.parts(of: name).count <= EventPattern.mostParts
    }

    private static func isVisible(_ name: String) -> Bool {
        // Fast path: visible ASCII. The properties of scalars are slow, and this is done for every broadcast.
        if name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) { return true }
        return !name.unicodeScalars.contains(where: \.isInvisible) && name.first != " " && name.last != " "
    }
}

extension Unicode.Scalar {
    /// True for characters that are not shown, and for spaces that look like U+0020.
    fileprivate var isInvisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        case .spaceSeparator: self != " "
        default: properties.isDefaultIgnorableCodePoint
        }
    }
}
