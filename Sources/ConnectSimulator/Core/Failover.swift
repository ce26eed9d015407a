// SPDX-License-Identifier: Apache-2.0

/// The active one of an agent's two instances, as agent discovery reports it.
struct Failover: Sendable, Equatable {
    var activeARN: String
    /// Whether the agent's contacts on the inactive instance end at once.
    var terminatesActiveContacts = false

    init(_ settings: InstanceSettings) {
        activeARN = settings.startsActive ? settings.instanceARN : settings.otherARN ?? settings.instanceARN
    }

    var json: JSON {
        ["InstanceArn": .string(activeARN), "TerminateActiveContacts": .bool(terminatesActiveContacts)]
    }
}

extension SimulatedInstance {
    /// Whether new contacts are routed to this instance.
    var isActive: Bool { failover.activeARN == settings.instanceARN }

    mutating func failOver(
        to target: ControlStep.FailoverTarget, terminating: Bool
    ) throws(ControlError) -> ControlOutcome {
        failover.activeARN = try arn(of: target)
        failover.terminatesActiveContacts = terminating
        if terminating, !isActive {
            for index in contacts.indices where contacts[index].state.isLive {
                contacts[index].finish(.ended, at: wallClock)
            }
        }
        return ControlOutcome(members: [
            "activeInstanceArn": .string(failover.activeARN), "active": isActive ? "this" : "other",
            "terminateActiveContacts": .bool(terminating),
        ])
    }

    private func arn(of target: ControlStep.FailoverTarget) throws(ControlError) -> String {
        switch target {
        case .this: return settings.instanceARN
        case .other:
            guard let other = settings.otherARN else {
                throw .conflict("this instance has no other region: start it with --other-arn or set instance.otherArn")
            }
            return other
        case .arn(let arn):
            let known = [settings.instanceARN] + (settings.otherARN.map { [$0] } ?? [])
            guard known.contains(arn) else {
                throw .member("activeInstanceArn", "must be one of \(known.joined(separator: ", "))")
            }
            return arn
        }
    }
}
