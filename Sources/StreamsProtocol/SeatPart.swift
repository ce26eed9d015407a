// SPDX-License-Identifier: Apache-2.0

/// A state of the seat that passes by as an event, so that a later client cannot know it. The raw value is its member in the
/// answer to `getSeat`.
public enum SeatPart: String, CaseIterable, Sendable {
    /// The contact that a page shows. It ends with the connection of that page.
    case contactView
    case mute
    case speaker
    case microphone
    case ringer
    case camera
    case backgroundBlur
    case softphoneError
    /// The websocket could not be opened, until it is open again.
    case webSocketFailure

    /// The event that tells it. What a softphone page confirms counts, not what was requested of it.
    public var event: String {
        switch self {
        case .contactView: EventName.contactView
        case .mute: "agent::mute_toggle"
        case .speaker: "configuration::speaker_device_changed"
        case .microphone: "configuration::microphone_device_changed"
        case .ringer: "configuration::ringer_device_changed"
        case .camera: "configuration::camera_device_changed"
        case .backgroundBlur: "configuration::background_blur_changed"
        case .softphoneError: "agent::softphone_error"
        case .webSocketFailure: EventName.webSocketInitFailure
        }
    }

    private static let byEvent = Dictionary(uniqueKeysWithValues: allCases.map { ($0.event, $0) })

    /// Nil if the event tells no state of the seat.
    public init?(event: String) {
        guard let part = Self.byEvent[event] else { return nil }
        self = part
    }

    /// True if it may still hold after the daemon was restarted.
    public var outlivesRun: Bool { self != .contactView && self != .webSocketFailure }
}
