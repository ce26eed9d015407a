import ConnectStreams
import FoundationEssentials

/// What a command finds in its environment: ours, and the event in short.
struct HookEnvironment {
    let inherited: [String: String]
    /// The daemon's socket: a `partyline` inside the hook talks to the same one.
    let socket: String

    static func current(socket: String) -> HookEnvironment {
        HookEnvironment(inherited: ProcessInfo.processInfo.environment, socket: socket)
    }

    func variables(_ event: StreamEvent) -> [String: String] {
        var result = inherited
        result["PARTYLINE_SOCKET"] = socket
        result["PARTYLINE_EVENT"] = event.name
        result["PARTYLINE_CLOCK"] = event.clock
        // Also what is missing is said: an outer hook's must not be taken for it.
        result["PARTYLINE_CONTACT_ID"] = event.contactId
        result["PARTYLINE_TIME"] = event.time
        result["PARTYLINE_FROM"] = event.from
        return result
    }
}
