import AgentModel
import ConnectStreams
import StreamsProtocol

/// One of the demo's two programs on the socket, with what it has seen.
final class DemoClient {
    let program: DemoProgram
    private let connection: LineConnection
    private(set) var agent: Agent?
    /// How many times the agent was told since it became available, and which contacts there were. Whoever joins an agent
    /// that is known is told at once, and alone; by the time it is available both are there.
    private(set) var updates = 0
    private(set) var contacts: Set<String> = []

    init(_ program: DemoProgram, socket: String) throws {
        self.program = program
        connection = try LineConnection(path: socket)
        _ = try connection.welcome()
    }

    /// The messages that have come, counted.
    func read() throws -> [ServerMessage] {
        let messages = try connection.availableMessages()
        messages.forEach(count)
        return messages
    }

    /// Asks for the chat's messages, which come over the websocket.
    func subscribeToChat() throws { try connection.send(EventName.webSocketSubscribe, ["aws/chat"]) }

    /// Sends an API request; its answer comes with the messages.
    func start(_ action: SoftphoneRobot.Action) throws -> String { try connection.start(action.method, action.params) }

    private func count(_ message: ServerMessage) {
        guard message.event == EventName.agentUpdate, let new = message.data.flatMap({ Agent(json: $0) }) else {
            return
        }
        agent = new
        if updates > 0 || new.snapshot.state?.type == .routable { updates += 1 }
        contacts.formUnion(new.snapshot.contacts.compactMap(\.contactId))
    }
}
