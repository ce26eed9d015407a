import StreamsProtocol

/// Every event that a client may send, and the least role that may send it. The role is checked here, once, before
/// anything else looks at the line.
enum CommandTable {
    static let events: [String: Role] = [
        EventName.synchronize: .presence,
        EventName.close: .presence,
        EventName.request: .presence,
        EventName.apiRequest: .operator,
        EventName.broadcast: .operator,
        EventName.webSocketSend: .operator,
        EventName.webSocketSubscribe: .operator,
        EventName.masterRequest: .operator,
        EventName.tabId: .presence,
        EventName.sendLogs: .operator,
        EventName.suppress: .operator,
        EventName.forceOffline: .operator,
        EventName.initDRPolling: .operator,
        EventName.configure: .admin,
        EventName.terminate: .admin,
        EventName.reloadAgentConfiguration: .operator,
    ]

    /// The methods of `partyline::request`.
    static let methods: [String: Role] = [
        "getAgent": .observer,
        "getStatus": .presence,
        "setLogs": .observer,
    ]

    /// What the daemon can do, for the acknowledge: a client asks for capabilities, not for versions.
    static let capabilities = ["getAgent", "getStatus", "setLogs"]
}
