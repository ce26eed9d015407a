// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The rules by which the daemon derives its events, as Documentation/protocol.md has them. A test compares the two.
enum EventRule {
    /// The name of an event, and when it is sent.
    static let table: [(event: String, rule: String)] = [
        ("agent::init", "there was no agent before"),
        ("agent::refresh", "always"),
        ("agent::routable", "the state's type changed to this one"),
        ("agent::not_routable", "the state's type changed to this one"),
        ("agent::offline", "the state's type changed to this one"),
        ("agent::state_change", "the state's name changed"),
        ("agent::error", "after `agent::state_change`, if the new name is one of Streams' AgentErrorStates"),
        ("agent::acw", "after `agent::state_change`, if the new name is `AfterCallWork`"),
        ("agent::enqueued_next_state", "the next state has a new name (there was none, or another one)"),
        ("agent::cleared_next_state", "there is no next state any more"),
        ("contact::init", "the contact is new"),
        ("contact::incoming", "its state changed to incoming"),
        ("contact::pending", "its state changed to pending"),
        ("contact::connecting", "its state changed to connecting"),
        ("contact::connected", "its state changed to connected"),
        ("contact::acw", "its state changed to ended"),
        ("contact::error", "its state changed to error"),
        ("contact::missed", "it was offered and changed to missed or rejected, or to error"),
        (
            "contact::ended",
            "it was active (incoming, pending, connecting, connected, paused) and no longer is, or it was removed"
        ),
        ("contact::refresh", "always, for each contact in the snapshot"),
        ("contact::destroyed", "it was removed"),
        ("contact::accepted", "an acceptContact of any client succeeds"),
        (EventName.contactView, "a client's broadcast, with the contact added"),
    ]

    /// When the event is sent; nil if the daemon does not derive it.
    static func of(_ event: String) -> String? { table.first { $0.event == event }?.rule }
}
