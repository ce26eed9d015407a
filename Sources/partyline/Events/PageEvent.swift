// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Names of events that come from pages of Streams.
enum PageEvent {
    /// Those that set a state of the seat, of which the daemon keeps the newest; and the daemon's own event that does so.
    static let seat = Set(SeatPart.allCases.map(\.event))

    /// Those with names like the names of derived events.
    static let likeDerived: Set<String> = [
        SeatPart.mute.event, SeatPart.softphoneError.event, "agent::local_media_stream_created",
        "contact::screen_sharing_started", "contact::screen_sharing_stopped", "contact::screen_sharing_error",
    ]
}
