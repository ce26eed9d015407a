// SPDX-License-Identifier: Apache-2.0
@testable import ConnectSimulator

/// Rules that hold for an instance after every step, whether the step was carried out or rejected.
enum Invariants {
    typealias Rule = (name: String, isBroken: @Sendable (SimulatedInstance) -> Bool)

    /// The names of the rules that `instance` breaks.
    static func violations(of instance: SimulatedInstance) -> [String] {
        rules.filter { $0.isBroken(instance) }.map(\.name)
    }

    static let rules: [Rule] = agentRules + contactRules + connectionRules + bookkeepingRules

    private static let agentRules: [Rule] = [
        (
            "the agent has as many calls as its routing profile allows, and never a third",
            { $0.calls.count > min(2, $0.settings.concurrency["VOICE", default: 1]) }
        ),
        (
            "the agent talks in one call at a time",
            { $0.calls.count { $0.state == .connected && $0.agentConnection?.state == .connected } > 1 }
        ),
        (
            "without a call the agent's state is the chosen one",
            { $0.call == nil && $0.agent.visible.state != $0.agent.chosen }
        ),
        (
            "with a call the agent's state is set by the service",
            { $0.call != nil && $0.agent.visible.state.kind != .system && $0.agent.visible.state.kind != .error }
        ),
        (
            "a connected call makes the agent Busy",
            { $0.call?.state == .connected && $0.agent.visible.state.name != "Busy" }
        ),
        (
            "an ended call means AfterCallWork",
            { $0.call?.state == .ended && $0.agent.visible.state.name != "AfterCallWork" }
        ),
        (
            "a missed, rejected or failed call means an error state",
            { instance in
                guard let state = instance.call?.state, [.missed, .rejected, .error].contains(state) else {
                    return false
                }
                return instance.agent.visible.state.kind != .error
            }
        ),
        (
            "the chosen state is one of the instance's",
            { !$0.settings.states.contains($0.agent.chosen) }
        ),
        (
            "the availability state is the chosen state",
            { $0.snapshot["agentAvailabilityState"]?["state"]?.string != $0.agent.chosen.name }
        ),
        ("a next state waits only while there are contacts", { $0.agent.next != nil && $0.contacts.isEmpty }),
    ]

    private static let contactRules: [Rule] = [
        (
            "an agent who monitors a call has no other one",
            { instance in
                instance.calls.count > 1 && instance.calls.contains { $0.agentConnection?.kind == .monitoring }
            }
        ),
        (
            "channels keep their limits",
            { instance in
                [Contact.Kind.chat, .task, .email].contains { kind in
                    instance.contacts.count { $0.kind == kind }
                        > instance.settings.concurrency[kind.channel, default: 1]
                }
            }
        ),
        ("only tasks are paused", { $0.contacts.contains { $0.state == .paused && $0.kind != .task } }),
        (
            "only queue callbacks and previews are incoming; chats, tasks and e-mails by a setting",
            { instance in
                instance.contacts.contains { contact in
                    guard contact.state == .incoming else { return false }
                    switch contact.kind {
                    case .queueCallback: return false
                    case .voice: return !contact.isPreview
                    case .chat, .task, .email: return !instance.settings.ringsInIncoming
                    }
                }
            }
        ),
        (
            "a pending contact has a time at which it rings",
            {
                $0.contacts.contains { contact in
                    contact.state == .pending && !contact.deadlines.contains { $0.timer == .pendingEnds }
                }
            }
        ),
        (
            "an offered contact has a time at which it is missed",
            {
                $0.contacts.contains { contact in
                    contact.isOffered && !contact.deadlines.contains { $0.timer == .ringTimeout }
                }
            }
        ),
        (
            "nothing is due on a contact that is over",
            { $0.contacts.contains { !$0.state.isLive && !$0.deadlines.isEmpty } }
        ),
        (
            "a failed contact has a reason",
            { $0.contacts.contains { $0.state == .error && $0.failure == nil } }
        ),
    ]

    private static let connectionRules: [Rule] = [
        (
            "every contact has one connection of the agent and one of the customer",
            { instance in
                instance.contacts.contains { contact in
                    contact.connections.count(where: \.isOwn) != 1 || contact.connections.count(where: \.isInitial) != 1
                }
            }
        ),
        (
            "a connection has a monitor status if, and only if, it is of the type monitoring",
            { instance in
                instance.contacts.flatMap(\.connections).contains {
                    ($0.kind == .monitoring) != ($0.monitorStatus != nil)
                }
            }
        ),
        (
            "another agent is only on a call that this agent monitors",
            { instance in
                instance.contacts.contains { contact in
                    contact.connections.contains { $0.kind == .agent && !$0.isOwn }
                        != (contact.agentConnection?.kind == .monitoring)
                }
            }
        ),
        (
            "a contact has at most one supervisor, and only a call has one",
            {
                $0.contacts.contains { contact in
                    contact.connections.count { $0.kind == .monitoring } > (contact.kind.isCall ? 1 : 0)
                }
            }
        ),
        (
            "a supervisor who listens is not in the snapshot",
            { instance in
                let shown = (instance.snapshot["contacts"]?.array ?? []).flatMap { $0["connections"]?.array ?? [] }
                let hidden = instance.contacts.flatMap(\.connections).filter {
                    $0.isSupervisor && $0.monitorStatus == .silentMonitor
                }
                return hidden.contains { line in shown.contains { $0["connectionId"]?.string == line.id } }
            }
        ),
        (
            "a connection that is muted by force is muted",
            { $0.contacts.contains { $0.connections.contains { $0.isForcedMute && !$0.isMuted } } }
        ),
        (
            "a contact that is over has no live connection",
            {
                $0.contacts.contains { contact in !contact.state.isLive && contact.connections.contains(where: \.isLive)
                }
            }
        ),
        (
            "a connected contact has live connections of the agent and of another participant",
            { instance in
                instance.contacts.contains { contact in
                    guard contact.state == .connected || contact.state == .paused else { return false }
                    let others = contact.connections.contains { $0.isPartner && $0.isLive }
                    return contact.agentConnection?.isEstablished != true || !others
                }
            }
        ),
        (
            "only established connections are muted",
            { $0.contacts.contains { $0.connections.contains { $0.isMuted && !$0.isEstablished } } }
        ),
        (
            "only calls have held connections; tasks and e-mails have no third parties",
            { instance in
                instance.contacts.contains { contact in
                    (!contact.kind.isCall && contact.connections.contains { $0.state == .hold })
                        || ([.task, .email].contains(contact.kind) && !contact.thirdPartyIndices.isEmpty)
                }
            }
        ),
        (
            "contacts keep the limit of third parties",
            { instance in
                instance.contacts.contains { contact in
                    contact.thirdPartyIndices.count { contact.connections[$0].isLive }
                        > instance.settings.maximumThirdParties
                }
            }
        ),
    ]

    private static let bookkeepingRules: [Rule] = [
        (
            "identifiers are unique",
            { instance in
                let ids = (instance.contacts + instance.waiting + instance.scheduled).flatMap { contact in
                    [contact.id] + contact.connections.map(\.id)
                }
                return Set(ids).count != ids.count
            }
        ),
        (
            "a cleared contact never comes back",
            { instance in (instance.contacts + instance.waiting).contains { instance.cleared.contains($0.id) } }
        ),
        (
            "no call waits while the agent could take it",
            { instance in
                guard instance.isActive, instance.agent.chosen.kind == .routable, instance.agent.next == nil else {
                    return false
                }
                return !instance.isAfterCall
                    && instance.waiting.contains { $0.kind.isCall && instance.hasRoom(for: $0) }
            }
        ),
        ("no deadline has been overlooked", { ($0.nextDeadline ?? .infinity) < $0.now }),
    ]
}
