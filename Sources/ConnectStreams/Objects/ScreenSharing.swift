// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

extension Contact {
    /// Begins to share the screen, and tells everybody (``onScreenSharingStarted``).
    ///
    /// The operation is not one of the CTI service: the daemon sends it if `session.apiProxyBase` is set.
    ///
    /// - Parameter skipSessionInitiation: true if a session exists already: it is only told.
    /// - Returns: the service's answer; nil if none was asked for.
    /// - Throws: a ``StateError`` unless it is a connected WebRTC contact; the service's ``CallFailure``.
    @discardableResult public func startScreenSharing(skipSessionInitiation: Bool = false) async throws -> JSON? {
        let snapshot = try shareableSnapshot()
        var answer: JSON?
        if !skipSessionInitiation {
            let params: JSON = [
                "InstanceId": snapshot.agent.configuration.instanceId.map(JSON.string) ?? .null,
                "ContactId": .string(contactId),
                "ParticipantId": snapshot.data.agentConnection?.connectionId.map(JSON.string) ?? .null,
            ]
            do { answer = try await connect.proxyCall("startScreenSharing", params) } catch {
                try? await tell("contact::screen_sharing_error")
                throw error
            }
        }
        try await tell("contact::screen_sharing_started")
        return answer
    }

    /// Tells everybody that the screen is no longer shared. There is no operation for it.
    public func stopScreenSharing() async throws {
        _ = try shareableSnapshot()
        try await tell("contact::screen_sharing_stopped")
    }

    private func shareableSnapshot() throws(StateError) -> ContactSnapshot {
        let snapshot = try toSnapshot()
        guard snapshot.subtype == "connect:WebRTC" else {
            throw StateError("Screen sharing is only supported for WebRTC contacts.")
        }
        guard snapshot.isConnected else { throw StateError("Contact \(contactId) is not connected.") }
        return snapshot
    }

    private func tell(_ event: String) async throws {
        try await connect.broadcast(event, ["contactId": .string(contactId)])
    }

    public var onScreenSharingStarted: Events<StreamEvent> { screenSharing("started") }
    public var onScreenSharingStopped: Events<StreamEvent> { screenSharing("stopped") }
    public var onScreenSharingError: Events<StreamEvent> { screenSharing("error") }

    private func screenSharing(_ what: String) -> Events<StreamEvent> {
        connect.events(named: "contact::screen_sharing_\(what)", contact: self) { $0 }
    }
}

extension Connect {
    /// Calls an operation that Streams' pages send by way of the CCP. The answer comes back as an event.
    func proxyCall(_ operation: String, _ params: JSON, timeout: Duration? = nil) async throws -> JSON {
        let id = "\(state.nextQuestion())-\(UInt64.random(in: 0...UInt64.max))"
        let answers: Events<JSON> = events(named: EventName.apiProxyResponse) { event in
            event.data?["requestId"]?.string == id ? event.data : nil
        }
        try await broadcast(
            EventName.apiProxyRequest,
            [
                "event": .string(EventName.apiProxyRequest), "requestId": .string(id), "method": .string(operation),
                "params": params,
            ])
        let limit = timeout ?? settings.requestTimeout
        return try await withThrowingTaskGroup(of: JSON.self) { group in
            group.addTask {
                for try await answer in answers { return answer }
                throw RequestFailure.closed
            }
            group.addTask {
                // The answer is an event, for which `ClientMachine` keeps no deadline.
                try await Task.sleep(for: limit)
                throw RequestFailure.timeout
            }
            defer { group.cancelAll() }
            let first: JSON?
            do { first = try await group.next() } catch { throw Task.isCancelled ? RequestFailure.cancelled : error }
            guard let answer = first else { throw RequestFailure.closed }
            if let error = answer["err"], !error.isNull {
                throw CallFailure(errorText: error.string ?? error.text, data: answer["data"])
            }
            return answer["data"] ?? .null
        }
    }
}
