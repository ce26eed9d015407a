// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// Records the milestones of the demo's day. A day that misses one makes the demo fail.
struct DemoTally {
    enum Milestone: String, CaseIterable {
        case signedIn = "the agent was never seen"
        case available = "the agent never became available"
        case callConnected = "the call was never connected"
        case callHeld = "the customer was never put on hold"
        case callResumed = "the customer was never taken back from hold"
        case callEnded = "the call never ended"
        case callCleared = "the call was never cleared"
        case chatConnected = "the chat was never connected"
        case chatMessage = "the chat's customer never wrote"
        case webSocketLost = "the websocket never dropped"
        case webSocketBack = "the websocket never came back"
        case chatCleared = "the chat was never cleared"
    }

    private(set) var reached: Set<Milestone> = []
    private var agent: AgentData?

    /// The milestones that were not reached, in the order of the day.
    var missing: [Milestone] { Milestone.allCases.filter { !reached.contains($0) } }

    mutating func record(_ new: AgentData) {
        let before = agent?.snapshot.contacts ?? []
        agent = new
        reached.insert(.signedIn)
        if new.snapshot.state?.type == .routable { reached.insert(.available) }
        for contact in new.snapshot.contacts { record(contact) }
        for contact in before where !new.snapshot.contacts.contains(where: { $0.contactId == contact.contactId }) {
            reached.insert(contact.type == .chat ? .chatCleared : .callCleared)
        }
    }

    mutating func record(_ message: ServerMessage) {
        switch message.event {
        case EventName.webSocketConnectionLost: reached.insert(.webSocketLost)
        case EventName.webSocketConnectionGain where reached.contains(.webSocketLost): reached.insert(.webSocketBack)
        case EventName.webSocketAllMessage where ChatNarrator.sentence(message.data) != nil:
            reached.insert(.chatMessage)
        default: break
        }
    }

    private mutating func record(_ contact: ContactData) {
        let isVoice = contact.type == .voice
        switch contact.stateType {
        case .connected?:
            reached.insert(isVoice ? .callConnected : .chatConnected)
            if isVoice { recordHold(contact) }
        case .ended? where isVoice: reached.insert(.callEnded)
        default: break
        }
    }

    private mutating func recordHold(_ contact: ContactData) {
        switch contact.initialConnection?.stateType {
        case .hold?: reached.insert(.callHeld)
        case .connected? where reached.contains(.callHeld): reached.insert(.callResumed)
        default: break
        }
    }
}
