// SPDX-License-Identifier: Apache-2.0

/// The name of a state that the service sets because something went wrong (Streams' AgentErrorStates). The agent is not
/// routable until the contact is cleared, or another state is chosen.
public struct AgentErrorState: OpenEnumeration {
    /// The value as the service writes it.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let error = AgentErrorState(rawValue: "Error")
    public static let agentHungUp = AgentErrorState(rawValue: "AgentHungUp")
    public static let badAddressAgent = AgentErrorState(rawValue: "BadAddressAgent")
    public static let badAddressCustomer = AgentErrorState(rawValue: "BadAddressCustomer")
    public static let `default` = AgentErrorState(rawValue: "Default")
    public static let failedConnectAgent = AgentErrorState(rawValue: "FailedConnectAgent")
    public static let failedConnectCustomer = AgentErrorState(rawValue: "FailedConnectCustomer")
    public static let invalidLocale = AgentErrorState(rawValue: "InvalidLocale")
    public static let lineEngagedAgent = AgentErrorState(rawValue: "LineEngagedAgent")
    public static let lineEngagedCustomer = AgentErrorState(rawValue: "LineEngagedCustomer")
    public static let missedCallAgent = AgentErrorState(rawValue: "MissedCallAgent")
    public static let missedCallCustomer = AgentErrorState(rawValue: "MissedCallCustomer")
    public static let multipleCCPWindows = AgentErrorState(rawValue: "MultipleCcpWindows")
    public static let realtimeCommunicationError = AgentErrorState(rawValue: "RealtimeCommunicationError")

    /// What it means, and what the agent can do; nil for a name that Streams does not know.
    public var meaning: String? { Self.meanings[self] }

    /// All that Streams knows, by name.
    public static var all: [AgentErrorState] { meanings.keys.sorted { $0.rawValue < $1.rawValue } }

    private static let meanings: [AgentErrorState: String] = [
        .error: "an error that the service does not explain",
        .default: "an error that the service does not explain",
        .agentHungUp: "the agent hung up during the call",
        .badAddressAgent: "the call could not be routed to the agent; try again",
        .badAddressCustomer: "the number could not be dialled; check that it is valid and reachable",
        .failedConnectAgent: "the call could not be connected to the agent; try again",
        .failedConnectCustomer: "the call could not be connected to the customer; try again",
        .invalidLocale: "the configuration has a language that the service does not know",
        .lineEngagedAgent: "the agent's line was engaged",
        .lineEngagedCustomer: "the customer's line was engaged",
        .missedCallAgent: "the agent did not accept the contact in time",
        .missedCallCustomer: "the customer did not answer the callback",
        .multipleCCPWindows: "the agent has a CCP open in another browser; close one",
        .realtimeCommunicationError: "communication within the service failed",
    ]
}

extension AgentState {
    /// The error that the state stands for; nil for the states of normal work.
    public var error: AgentErrorState? {
        name.map(AgentErrorState.init(rawValue:)).flatMap { $0.meaning == nil ? nil : $0 }
    }
}
