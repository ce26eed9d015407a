import AgentModel
import ConnectStreams
import StreamsProtocol

/// Ticks off what has to happen in the demo's day, so that a demo that went wrong says so.
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
        case chatSpoke = "the chat's customer was never heard"
        case webSocketLost = "the websocket never dropped"
        case webSocketBack = "the websocket never came back"
        case chatCleared = "the chat was never cleared"
    }

    private(set) var reached: Set<Milestone> = []
    private var agent: Agent?

    /// What has not happened, in the order it should have.
    var missing: [Milestone] { Milestone.allCases.filter { !reached.contains($0) } }

    mutating func see(_ new: Agent) {
        let before = agent?.snapshot.contacts ?? []
        agent = new
        reached.insert(.signedIn)
        if new.snapshot.state?.type == .routable { reached.insert(.available) }
        for contact in new.snapshot.contacts { see(contact) }
        for contact in before where !new.snapshot.contacts.contains(where: { $0.contactId == contact.contactId }) {
            reached.insert(contact.type == .chat ? .chatCleared : .callCleared)
        }
    }

    mutating func see(_ message: ServerMessage) {
        switch message.event {
        case EventName.webSocketConnectionLost: reached.insert(.webSocketLost)
        case EventName.webSocketConnectionGain where reached.contains(.webSocketLost): reached.insert(.webSocketBack)
        case EventName.webSocketAllMessage where ChatNarrator.sentence(message.data) != nil: reached.insert(.chatSpoke)
        default: break
        }
    }

    private mutating func see(_ contact: Contact) {
        let isVoice = contact.type == .voice
        switch contact.stateType {
        case .connected?:
            reached.insert(isVoice ? .callConnected : .chatConnected)
            if isVoice { seeHold(contact) }
        case .ended? where isVoice: reached.insert(.callEnded)
        default: break
        }
    }

    private mutating func seeHold(_ contact: Contact) {
        switch contact.initialConnection?.stateType {
        case .hold?: reached.insert(.callHeld)
        case .connected? where reached.contains(.callHeld): reached.insert(.callResumed)
        default: break
        }
    }
}
