// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// Decides what the demo's agent does, and when.
///
/// Pure. `update` takes every `agent::update`; `due` returns the actions that are due. Both count seconds from the same
/// start.
struct SoftphoneRobot {
    /// An API request, with a description to print.
    struct Action: Equatable {
        let method: String
        let params: JSON
        let summary: String
    }

    /// A decision of the agent. Each is carried out at most once.
    private enum Step: Hashable {
        case goAvailable
        case accept(String)
        case hold(String)
        case resume(String)
        case clear(String)
    }

    /// Multiplies every pause: 0.5 for a day at double speed.
    private let pace: Double
    private var agent: AgentData?
    private var planned: [Step: Double] = [:]
    private var done: Set<Step> = []

    init(speed: Double = 1) { pace = 1 / speed }

    /// Plans the steps that the newest agent calls for.
    mutating func update(_ agent: AgentData, at now: Double) {
        self.agent = agent
        if agent.snapshot.state?.type == .offline || agent.snapshot.state?.type == .notRoutable {
            plan(.goAvailable, at: now + 0.8 * pace)
        }
        for contact in agent.snapshot.contacts { plan(for: contact, at: now) }
    }

    /// The actions that are due, in the order of their times. Steps that no longer apply are dropped.
    mutating func due(at now: Double) -> [Action] {
        let steps = planned.filter { $0.value <= now }.sorted { $0.value < $1.value }.map(\.key)
        for step in steps {
            planned[step] = nil
            done.insert(step)
        }
        return steps.compactMap(action)
    }

    private mutating func plan(for contact: ContactData, at now: Double) {
        guard let id = contact.contactId else { return }
        switch contact.stateType {
        case .connecting?, .incoming?: plan(.accept(id), at: now + 1.5 * pace)
        case .connected? where contact.type == .voice:
            plan(.hold(id), at: now + 4 * pace)
            plan(.resume(id), at: now + 6 * pace)
        case .ended?, .missed?, .error?: plan(.clear(id), at: now + 2 * pace)
        default: break
        }
    }

    private mutating func plan(_ step: Step, at time: Double) {
        guard planned[step] == nil, !done.contains(step) else { return }
        planned[step] = time
    }

    private func action(_ step: Step) -> Action? {
        switch step {
        case .goAvailable: goAvailable()
        case .accept(let id): contact(id, [.connecting, .incoming], "acceptContact", "accepts the")
        case .hold(let id): customer(id, .connected, "holdConnection", "puts the customer on hold")
        case .resume(let id): customer(id, .hold, "resumeConnection", "takes the customer back")
        case .clear(let id): contact(id, [.ended, .missed, .error], "clearContact", "clears the")
        }
    }

    private func goAvailable() -> Action? {
        let state = agent?.configuration.agentStates.first { $0.type == .routable }
        return state.map { state in
            let params: JSON = ["state": .object(state.json)]
            return Action(
                method: "putAgentState", params: params, summary: "sets the agent \(state.name ?? "routable")")
        }
    }

    private func contact(
        _ id: String, _ states: [ContactStateType], _ method: String, _ summary: String
    ) -> Action? {
        guard let contact = contact(id), let state = contact.stateType, states.contains(state) else { return nil }
        let summary = "\(summary) \(ContactNarrator.name(contact))"
        return Action(method: method, params: ["contactId": .string(id)], summary: summary)
    }

    private func customer(
        _ id: String, _ state: ConnectionStateType, _ method: String, _ summary: String
    ) -> Action? {
        guard let contact = contact(id), contact.stateType == .connected else { return nil }
        guard let leg = contact.initialConnection, leg.stateType == state, let legId = leg.connectionId else {
            return nil
        }
        return Action(
            method: method, params: ["contactId": .string(id), "connectionId": .string(legId)], summary: summary)
    }

    private func contact(_ id: String) -> ContactData? { agent?.snapshot.contacts.first { $0.contactId == id } }
}
