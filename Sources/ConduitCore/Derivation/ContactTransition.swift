// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// The events of a contact's state transitions: the contact event graph of Streams, as a table.
struct ContactTransition {
    /// The states that the transition may start from; nil for any, including unknown states.
    let from: Set<ContactStateType>?
    let to: Set<ContactStateType>
    let event: DerivedName

    private static let offered: Set<ContactStateType> = [.connecting, .incoming]
    private static let active: Set<ContactStateType> = [.incoming, .pending, .connecting, .connected, .paused]
    private static let inactive: Set<ContactStateType> = [.initial, .ended, .missed, .rejected, .error]

    /// In the order in which the events are sent.
    private static let table = [
        ContactTransition(from: nil, to: [.incoming], event: .contactIncoming),
        ContactTransition(from: nil, to: [.pending], event: .contactPending),
        ContactTransition(from: nil, to: [.connecting], event: .contactConnecting),
        ContactTransition(from: nil, to: [.connected], event: .contactConnected),
        ContactTransition(from: nil, to: [.ended], event: .contactACW),
        ContactTransition(from: nil, to: [.error], event: .contactError),
        ContactTransition(from: offered, to: [.error], event: .contactMissed),
        ContactTransition(from: active, to: inactive, event: .contactEnded),
        ContactTransition(from: offered, to: [.missed, .rejected], event: .contactMissed),
    ]

    /// The events of one transition, in order; none if the state is the same.
    ///
    /// An unknown or missing state is neither active nor inactive. A transition to it has no events; a transition from it
    /// has only the events of the new state.
    static func events(from old: ContactStateType?, to new: ContactStateType?) -> [DerivedName] {
        guard let new, new != old else { return [] }
        return table.filter { $0.matches(old, new) }.map(\.event)
    }

    private func matches(_ old: ContactStateType?, _ new: ContactStateType) -> Bool {
        guard to.contains(new) else { return false }
        guard let from else { return true }
        return old.map(from.contains) ?? false
    }
}
