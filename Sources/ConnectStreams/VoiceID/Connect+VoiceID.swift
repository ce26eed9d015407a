// SPDX-License-Identifier: Apache-2.0
public import AgentModel

/// Voice ID over the client's connection.
public struct ConnectVoiceIDCaller: VoiceIDCaller, Sendable {
    let connect: Connect

    public func call(_ operation: String, _ params: JSON) async throws -> JSON {
        try await connect.call(operation, params, confirms: false)["data"] ?? .null
    }

    public func isUnknown(_ error: any Error) -> Bool {
        // The daemon's word for 400 and 404 of the service.
        guard case .refused(let failure)? = error as? RequestFailure else { return false }
        return failure.code == "invalid_params"
    }

    /// Voice ID sends no event: Streams polls it at these intervals, too.
    public func pause(_ duration: Duration) async throws { try await Task.sleep(for: duration) }
}

extension VoiceConnection {
    /// Voice ID for this call, as it is now.
    ///
    /// Throws a ``VoiceIDError`` if the agent may not use Voice ID or the call is a conference, and a ``StateError`` if the
    /// contact is gone.
    public func voiceID() throws -> VoiceID<ConnectVoiceIDCaller> {
        let contact = try Contact(contactId: contactId, connect: connect).toSnapshot()
        return try VoiceID(contact.data, contact.agent.configuration, ConnectVoiceIDCaller(connect: connect))
    }
}
