// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams

/// Chooses the state that a person means. Pure.
enum StateChoice {
    static func state(
        _ typed: String, of configuration: AgentConfiguration
    ) throws(CommandFailure) -> AgentState {
        let states = configuration.agentStates
        guard !states.isEmpty else {
            throw CommandFailure(
                status: .failure, message: "the agent's states are not known to this program",
                next: ["partyline status   shows its role; the role presence does not see them"])
        }
        do throws(NamedChoice.Failure) {
            return try NamedChoice.of(typed, among: states) { [$0.name ?? "", $0.agentStateARN ?? ""] }
        } catch {
            throw error.failure(
                typed, "state", known: states.compactMap(\.name), command: "partyline agent set-state")
        }
    }

    static func step(_ state: AgentState, enqueues: Bool) -> ServiceStep {
        ServiceStep("putAgentState", ["state": .object(state.json), "enqueueNextState": .bool(enqueues)])
    }

    /// A contact binds the agent's state: the next one can be chosen.
    static func refused(_ failure: ProtocolFailure, _ state: AgentState, enqueues: Bool) -> CommandFailure {
        guard failure.code == "conflict", !enqueues else { return FailureText.outcome(failure) }
        let name = CommandName.quoted(state.name ?? "")
        return CommandFailure(
            status: .conflict, message: failure.message,
            next: [
                "partyline agent set-state \(name) --next   it takes effect when the contact is over",
                "partyline contact list   shows the contact that binds the state",
            ])
    }
}
