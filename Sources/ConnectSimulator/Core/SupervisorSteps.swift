// SPDX-License-Identifier: Apache-2.0

/// A supervisor on the agent's call. While it only listens, the agent's snapshot does not show it.
extension SimulatedInstance {
    mutating func supervise(_ step: ControlStep.SupervisorStep, at index: Int) throws(ControlError) {
        let contact = contacts[index]
        guard contact.kind.isCall, contact.state == .connected, !contact.isLeft else {
            throw .conflict(
                "contact '\(contact.id)' (\(contact.kind.rawValue), \(contact.isLeft ? "left" : contact.state.rawValue)): "
                    + "a supervisor can join only a connected call")
        }
        guard contact.agentConnection?.kind == .agent else {
            throw .conflict("the agent is the supervisor of contact '\(contact.id)': there can be no other one")
        }
        let line = contact.connections.firstIndex { $0.isSupervisor && $0.isLive }
        switch step {
        case .listens: try listen(at: index, line)
        case .barges: setMonitorStatus(.barge, try supervisor(line, of: contact), at: index)
        case .mutes: try forceMute(true, line, at: index)
        case .unmutes: try forceMute(false, line, at: index)
        case .leaves:
            contacts[index].connections.remove(at: try supervisor(line, of: contact))
            // The agent may unmute itself again.
            if let agent = contacts[index].agentIndex { contacts[index].connections[agent].isForcedMute = false }
        }
    }

    private func supervisor(_ line: Int?, of contact: Contact) throws(ControlError) -> Int {
        guard let line else {
            throw .conflict("contact '\(contact.id)' has no supervisor: supervisor-listens is the first step")
        }
        return line
    }

    private mutating func listen(at index: Int, _ line: Int?) throws(ControlError) {
        if let line { return setMonitorStatus(.silentMonitor, line, at: index) }
        var connection = Connection(
            id: identifier(), kind: .monitoring, isInitial: false,
            endpoint: Endpoint(kind: .agent, name: settings.otherAgent.name, agentLogin: settings.otherAgent.login),
            state: .connected, since: wallClock)
        connection.monitorStatus = .silentMonitor
        contacts[index].connections.append(connection)
    }

    private mutating func setMonitorStatus(_ status: Connection.MonitorStatus, _ line: Int, at index: Int) {
        guard contacts[index].connections[line].monitorStatus != status else { return }
        contacts[index].connections[line].monitorStatus = status
        contacts[index].connections[line].since = wallClock
    }

    private mutating func forceMute(_ isMuted: Bool, _ line: Int?, at index: Int) throws(ControlError) {
        let contact = contacts[index]
        guard contact.connections[try supervisor(line, of: contact)].monitorStatus == .barge else {
            throw .conflict(
                "the supervisor of contact '\(contact.id)' only listens: supervisor-barges is the first step")
        }
        guard let agent = contact.agentIndex else { return }
        contacts[index].connections[agent].isMuted = isMuted
        contacts[index].connections[agent].isForcedMute = isMuted
    }
}
