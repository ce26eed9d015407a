// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// The agent: a handle that reads the newest data (Streams' Agent).
///
/// Every member of ``AgentSnapshot`` can be read from it: `try agent.state`, `try agent.permissions`. Reading throws a
/// ``StateError`` while there are no data: before the first sign-in, and after the session has ended.
@dynamicMemberLookup
public struct Agent: Sendable {
    public let connect: Connect

    /// A member of the newest data.
    public subscript<Value>(dynamicMember path: KeyPath<AgentSnapshot, Value>) -> Value {
        get throws(StateError) { try toSnapshot()[keyPath: path] }
    }

    /// The newest data, which then no longer change.
    public func toSnapshot() throws(StateError) -> AgentSnapshot { AgentSnapshot(data: try connect.data()) }

    // MARK: Reading

    /// The contacts of one type, or all, in the order of the data.
    public func contacts(_ type: ContactType? = nil) throws(StateError) -> [Contact] {
        try toSnapshot().contacts(type).map { Contact(contactId: $0.contactId, connect: connect, wasThere: true) }
    }

    /// How many contacts of a channel the agent can have at once; 0 for one that it has not.
    public func channelConcurrency(_ channel: ChannelType) throws(StateError) -> Int {
        try toSnapshot().channelConcurrency[channel] ?? 0
    }

    /// The agent's local mute, as the softphone page has last told it; nil if none has.
    public var isMuted: Bool? { connect.seat[SeatPart.mute.rawValue]?["data"]?["muted"]?.bool }

    // MARK: Actions

    /// Sets the state, or the state after the present contact.
    ///
    /// - Parameters:
    ///   - state: one of `agentStates`.
    ///   - enqueueNextState: true to set it when the contact ends. During a call the service refuses it otherwise.
    public func setState(_ state: AgentState, enqueueNextState: Bool? = nil) async throws {
        var params = JSONObject([("state", .object(state.json))])
        params["enqueueNextState"] = enqueueNextState.map(JSON.bool)
        try await connect.call("putAgentState", .object(params))
    }

    /// Sets the state of that name.
    ///
    /// Throws a ``ValueError`` that lists the states if there is none.
    public func setState(named name: String, enqueueNextState: Bool? = nil) async throws {
        let states = try toSnapshot().agentStates
        guard let state = states.first(where: { $0.name == name }) else {
            let names = states.compactMap(\.name).joined(separator: ", ")
            throw ValueError("the agent has no state \(name); there are \(names)")
        }
        try await setState(state, enqueueNextState: enqueueNextState)
    }

    /// Calls a telephone number (Streams' `agent.connect`). Returns the new contact, if the daemon could tell which it is.
    ///
    /// - Parameters:
    ///   - endpoint: whom to call, a telephone number.
    ///   - queueARN: the queue that the call is made from; by default the routing profile's.
    ///   - relatedContactId: the contact for which the call is made.
    ///   - timeout: nil as the settings say.
    @discardableResult public func dial(
        _ endpoint: Endpoint, queueARN: String? = nil, relatedContactId: String? = nil, timeout: Duration? = nil
    ) async throws -> Contact? {
        guard let queue = try queueARN ?? toSnapshot().routingProfile?.defaultOutboundQueue?.queueARN else {
            throw ValueError("queueARN must be provided: the routing profile has no default outbound queue")
        }
        var params = JSONObject([("endpoint", endpoint.parameter), ("queueARN", .string(queue))])
        params["relatedContactId"] = relatedContactId.map(JSON.string)
        let answer = try await connect.call("createOutboundContact", .object(params), timeout: timeout)
        let id = answer["contactId"]?.string ?? answer["data"]?["contactId"]?.string
        return id.map { Contact(contactId: $0, connect: connect) }
    }

    /// The quick connects of these queues, over all pages; by default of the routing profile's.
    public func endpoints(queueARNs: [String]? = nil) async throws -> [Endpoint] {
        let params: JSON = queueARNs.map { ["queueARNs": .array($0.map(JSON.string))] } ?? [:]
        let answer = try await connect.request("getQuickConnects", params)
        return (answer["endpoints"]?.array ?? []).compactMap { $0.object.map { Endpoint(EndpointData(json: $0)) } }
    }

    /// Writes the configuration and reads it again (Streams' `setConfiguration`). ``updateSettings(_:)`` changes only what
    /// it names.
    ///
    /// Throws a ``ValueError`` for a locale that Streams does not know; `agentPreferences.LANGUAGE` stands for a missing
    /// `locale`.
    public func setConfiguration(_ configuration: JSONObject) async throws {
        try await connect.call(
            "updateAgentConfiguration", ["configuration": .object(try Locales.checked(configuration))])
        try await connect.send(EventName.reloadAgentConfiguration)
    }

    /// Changes members of the configuration (RFC 7396), and leaves the others as other programs have set them. Returns the
    /// configuration that was written; the agent's own follows with the next round of the daemon, as ``onRefresh`` tells.
    @discardableResult public func updateSettings(_ patch: JSONObject) async throws -> AgentConfiguration {
        let answer = try await connect.request("updateSettings", ["patch": .object(try Locales.checked(patch))])
        return AgentConfiguration(json: answer["configuration"]?.object ?? JSONObject())
    }

    /// Mutes the agent's microphone. A softphone page does it, and tells it by ``onMuteToggle``; without one nothing happens.
    public func mute() async throws { try await connect.broadcast("mute", ["mute": true]) }

    /// The opposite of ``mute()``.
    public func unmute() async throws { try await connect.broadcast("mute", ["mute": false]) }

    /// Asks the softphone page for another loudspeaker; ``onSpeakerDeviceChanged`` tells when it is used.
    public func setSpeakerDevice(_ deviceId: String) async throws {
        try await connect.broadcast("configuration::set_speaker_device", ["deviceId": .string(deviceId)])
    }

    /// Asks the softphone page for another microphone; ``onMicrophoneDeviceChanged`` tells when it is used.
    public func setMicrophoneDevice(_ deviceId: String) async throws {
        try await connect.broadcast("configuration::set_microphone_device", ["deviceId": .string(deviceId)])
    }

    /// Asks the page that rings for another device; ``onRingerDeviceChanged`` tells when it is used.
    public func setRingerDevice(_ deviceId: String) async throws {
        try await connect.broadcast("configuration::set_ringer_device", ["deviceId": .string(deviceId)])
    }

    /// Tells everybody the camera that is used.
    public func setCameraDevice(_ deviceId: String) async throws {
        try await connect.broadcast("configuration::camera_device_changed", ["deviceId": .string(deviceId)])
    }

    /// Tells everybody whether the background is blurred.
    public func setBackgroundBlur(_ isEnabled: Bool) async throws {
        try await connect.broadcast(
            "configuration::background_blur_changed", ["isBackgroundBlurEnabled": .bool(isEnabled)])
    }
}

/// The locales that Streams knows.
enum Locales {
    static let all = [
        "en_US", "de_DE", "es_ES", "fr_FR", "ja_JP", "it_IT", "ko_KR", "pt_BR", "zh_CN", "zh_TW",
    ]

    /// The configuration with `agentPreferences.locale`, if it has preferences with a language.
    static func checked(_ configuration: JSONObject) throws(ValueError) -> JSONObject {
        guard var preferences = configuration["agentPreferences"]?.object else { return configuration }
        let chosen = preferences["locale"] ?? preferences["LANGUAGE"]
        guard let chosen, !chosen.isNull else { return configuration }
        guard let locale = chosen.string, all.contains(locale) else {
            throw ValueError("the locale \(chosen.text) is none of \(all.joined(separator: ", "))")
        }
        preferences["locale"] = .string(locale)
        var result = configuration
        result["agentPreferences"] = .object(preferences)
        return result
    }
}
