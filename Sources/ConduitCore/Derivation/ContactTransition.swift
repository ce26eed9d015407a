import AgentModel

/// What it means for a contact to go from one state to another: the contact event graph of Streams, as a table.
struct ContactTransition {
    /// The states that it may come from; nil for any, those not heard of included.
    let from: Set<ContactStateType>?
    let to: Set<ContactStateType>
    let event: DerivedName

    private static let offered: Set<ContactStateType> = [.connecting, .incoming]
    private static let active: Set<ContactStateType> = [.incoming, .pending, .connecting, .connected, .paused]
    private static let inactive: Set<ContactStateType> = [.initial, .ended, .missed, .rejected, .error]

    /// In the order of the events that they give.
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

    /// The events of one step, in order; none if the state is the same. A state that is not known, or not there, is
    /// neither active nor inactive: going there tells nothing, coming from there tells only where the contact is now.
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
