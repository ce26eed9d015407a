// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// Operations on the agent's state and configuration.
extension SimulatedInstance {
    mutating func putAgentState(_ input: JSON) throws(ServiceFault) {
        let state = try chosenState(input["state"] ?? .null)
        let isEnqueued = input["enqueueNextState"]?.bool ?? false
        if isEnqueued, !contacts.isEmpty {
            guard agent.next?.state != state else { return }
            agent.next = StampedAgentState(state: state, since: wallClock)
            return
        }
        let binding = contacts.first { $0.state.isLive && ($0.kind.isCall || settings.liveChatsBindState) }
        if let binding {
            throw .invalidState(
                "the agent is on contact '\(binding.id)': set enqueueNextState to choose the state after it")
        }
        agent.choose(state, at: wallClock)
        // Choosing a state clears an ended call.
        for contact in contacts where contact.kind.isCall { forget(contact) }
        contacts.removeAll { $0.kind.isCall }
    }

    /// The instance's state with the request's type and name, and with its ARN if the request has one.
    private func chosenState(_ input: JSON) throws(ServiceFault) -> AgentState {
        let arn = input["agentStateARN"]?.string
        let found = settings.states.first { state in
            guard arn == nil || state.arn == arn else { return false }
            return state.kind.rawValue == input["type"]?.string && state.name == input["name"]?.string
        }
        guard let found else {
            let known = settings.states.map(\.name).joined(separator: ", ")
            throw .validation("member 'state' is not one of the agent's states (\(known))")
        }
        return found
    }

    mutating func updateConfiguration(_ input: JSON) throws(ServiceFault) {
        let deskPhone = input["extension"]?.string ?? ""
        let usesSoftphone = input["softphoneEnabled"]?.bool ?? true
        if !usesSoftphone, deskPhone.isEmpty {
            throw .validation("member 'configuration.extension' is required without a softphone")
        }
        if !deskPhone.isEmpty {
            _ = try checkedEndpoint(["type": "phone_number", "phoneNumber": .string(deskPhone)])
        }
        agent.softphoneEnabled = usesSoftphone
        agent.softphoneAutoAccept = input["softphoneAutoAccept"]?.bool ?? false
        agent.deskPhone = deskPhone
        if let preferences = input["agentPreferences"]?.object {
            agent.preferences = preferences.compactMapValues(\.string)
        }
    }

    mutating func newAuthToken() -> JSON {
        let issued = credentials.issueToken(at: wallClock)
        return ["newAuthToken": .string(issued.token), "expirationDateTime": .timestamp(issued.expiration)]
    }
}

/// ISO 8601 in UTC with milliseconds.
func isoTime(_ seconds: Double) -> String {
    Date(timeIntervalSince1970: seconds).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}
