// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// An event about the agent.
public struct AgentEvent: Sendable {
    public let agent: Agent
    /// The state right after the event; nil if the event does not tell it.
    public let state: AgentState?
    public let nextState: AgentState?
    /// The event as it was received: clock, time, and the client that caused it.
    public let event: StreamEvent
}

/// A change of the agent's state: two names. The first old one is `Init`.
public struct AgentStateChange: Sendable {
    public let agent: Agent
    public let oldState: String
    public let newState: String
    public let event: StreamEvent
}

/// A device of the softphone page.
public struct DeviceChange: Equatable, Sendable {
    public let deviceId: String
}

/// An error of the softphone page.
public struct SoftphoneError: Equatable, Sendable {
    public let errorType: SoftphoneErrorType
    public let errorMessage: String
    public let endPointUrl: String

    init?(_ json: JSON?) {
        guard let json, let type = json["errorType"]?.string else { return nil }
        errorType = SoftphoneErrorType(rawValue: type)
        errorMessage = json["errorMessage"]?.string ?? ""
        endPointUrl = json["endPointUrl"]?.string ?? ""
    }
}

/// What has gone wrong in a softphone page (Streams' SoftphoneErrorTypes).
public struct SoftphoneErrorType: OpenEnumeration {
    /// The value as the page writes it.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let unsupportedBrowser = SoftphoneErrorType(rawValue: "unsupported_browser")
    /// The page may not use the microphone.
    public static let microphoneNotShared = SoftphoneErrorType(rawValue: "microphone_not_shared")
    public static let signallingHandshakeFailure = SoftphoneErrorType(rawValue: "signalling_handshake_failure")
    public static let signallingConnectionFailure = SoftphoneErrorType(rawValue: "signalling_connection_failure")
    public static let iceCollectionTimeout = SoftphoneErrorType(rawValue: "ice_collection_timeout")
    /// Another browser of the agent has a softphone, too.
    public static let userBusyError = SoftphoneErrorType(rawValue: "user_busy_error")
    /// Often a port that the network does not allow.
    public static let webRTCError = SoftphoneErrorType(rawValue: "webrtc_error")
    public static let realtimeCommunicationError = SoftphoneErrorType(rawValue: "realtime_communication_error")
    public static let vdiStrategyNotSupported = SoftphoneErrorType(rawValue: "vdi_strategy_not_supported")
    public static let vdiRedirectionNotSupported = SoftphoneErrorType(rawValue: "vdi_redir_not_supported")
    public static let other = SoftphoneErrorType(rawValue: "other")
}

extension Agent {
    /// The first data after a logout, or of another agent. The present data are there already: ``Connect/agent()``.
    public var onInit: Events<AgentEvent> { events("agent::init") }
    /// Every update, changed or not.
    public var onRefresh: Events<AgentEvent> { events("agent::refresh") }
    /// The state's type became routable.
    public var onRoutable: Events<AgentEvent> { events("agent::routable") }
    /// The state's type became not_routable.
    public var onNotRoutable: Events<AgentEvent> { events("agent::not_routable") }
    /// The state's type became offline.
    public var onOffline: Events<AgentEvent> { events("agent::offline") }
    /// The state's name became one of Streams' AgentErrorStates.
    public var onError: Events<AgentEvent> { events("agent::error") }
    /// The state's name became AfterCallWork.
    public var onAfterCallWork: Events<AgentEvent> { events("agent::acw") }
    /// There is a next state, or another one.
    public var onEnqueuedNextState: Events<AgentEvent> { events("agent::enqueued_next_state") }
    /// There is no next state any more.
    public var onClearedNextState: Events<AgentEvent> { events("agent::cleared_next_state") }
    /// The daemon's websocket to the service is open again.
    public var onWebSocketConnectionGained: Events<AgentEvent> { events(EventName.agentWebSocketGained) }
    /// The daemon's websocket to the service is lost; the event's data say how.
    public var onWebSocketConnectionLost: Events<AgentEvent> { events(EventName.agentWebSocketLost) }

    /// The state's name changed.
    public var onStateChange: Events<AgentStateChange> {
        connect.events(named: "agent::state_change") { event in
            guard let old = event.data?["oldState"]?.string, let new = event.data?["newState"]?.string else {
                return nil
            }
            return AgentStateChange(agent: self, oldState: old, newState: new, event: event)
        }
    }

    /// A softphone page has muted or unmuted the agent: true for muted.
    public var onMuteToggle: Events<Bool> { connect.events(named: SeatPart.mute.event) { $0.data?["muted"]?.bool } }

    public var onSoftphoneError: Events<SoftphoneError> {
        connect.events(named: SeatPart.softphoneError.event) { SoftphoneError($0.data) }
    }

    /// A softphone page has the microphone for a call: the id of the connection.
    public var onLocalMediaStreamCreated: Events<String> {
        connect.events(named: "agent::local_media_stream_created") { $0.data?["connectionId"]?.string }
    }

    public var onSpeakerDeviceChanged: Events<DeviceChange> { devices(.speaker) }
    public var onMicrophoneDeviceChanged: Events<DeviceChange> { devices(.microphone) }
    public var onRingerDeviceChanged: Events<DeviceChange> { devices(.ringer) }
    public var onCameraDeviceChanged: Events<DeviceChange> { devices(.camera) }

    /// True if the background is blurred.
    public var onBackgroundBlurChanged: Events<Bool> {
        connect.events(named: SeatPart.backgroundBlur.event) { $0.data?["isBackgroundBlurEnabled"]?.bool }
    }

    private func devices(_ part: SeatPart) -> Events<DeviceChange> {
        connect.events(named: part.event) { $0.data?["deviceId"]?.string.map { DeviceChange(deviceId: $0) } }
    }

    private func events(_ name: String) -> Events<AgentEvent> {
        connect.events(named: name) { event in
            let data = event.data?["agent"]
            return AgentEvent(
                agent: self, state: data?["state"]?.object.map(AgentState.init(json:)),
                nextState: data?["nextState"]?.object.map(AgentState.init(json:)), event: event)
        }
    }
}
