// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Names of events that come from pages of Streams.
enum PageEvent {
    /// Those that set a state of the seat, of which the daemon keeps the newest; and the daemon's own event that does so.
    static let seat: Set<String> = [
        EventName.contactView, "agent::mute_toggle", "agent::softphone_error",
        "configuration::speaker_device_changed", "configuration::microphone_device_changed",
        "configuration::ringer_device_changed", "configuration::camera_device_changed",
        "configuration::background_blur_changed", EventName.webSocketInitFailure,
    ]

    /// Those with names like the names of derived events.
    static let likeDerived: Set<String> = [
        "agent::mute_toggle", "agent::softphone_error", "agent::local_media_stream_created",
        "contact::screen_sharing_started", "contact::screen_sharing_stopped", "contact::screen_sharing_error",
    ]
}
