import AgentModel
import ConnectStreams
import StreamsProtocol

/// The day itself: two programs on one line, one that acts and one that looks.
struct DemoDay {
    let printer: DemoPrinter
    private let softphone: DemoClient
    private let screenPop: DemoClient
    private var robot: SoftphoneRobot
    private var story = Story()
    private var requests: [String: SoftphoneRobot.Action] = [:]
    private(set) var tally = DemoTally()

    init(socket: String, speed: Double, _ printer: DemoPrinter) throws {
        self.printer = printer
        robot = SoftphoneRobot(speed: speed)
        softphone = try DemoClient(.softphone, socket: socket)
        printer.say(.softphone, "is on the line; it will act")
        screenPop = try DemoClient(.screenPop, socket: socket)
        printer.say(.screenPop, "is on the line; it only looks")
        try softphone.subscribeToChat()
    }

    /// Plays until everything has happened, or the time is up.
    mutating func play(limit: Double, _ check: () throws -> Void) async throws {
        var end = printer.seconds + limit
        while !tally.missing.isEmpty, printer.seconds < end {
            try check()
            try step()
            // The chat's end is the day's: what has not happened by then will not happen.
            if tally.reached.contains(.chatCleared) { end = min(end, printer.seconds + 2) }
            try await pause()
        }
        try await settle(check)
    }

    /// Looks on, without acting, until it is interrupted.
    mutating func lookOn(_ check: () throws -> Void) async throws {
        while true {
            try check()
            try listen()
            try await pause()
        }
    }

    /// The last lines, once both have seen the same; nil if that never came about.
    var summary: String? {
        guard softphone.updates == screenPop.updates, softphone.contacts == screenPop.contacts else { return nil }
        guard softphone.agent == screenPop.agent else { return nil }
        let (updates, contacts) = (screenPop.updates, screenPop.contacts.count)
        return "softphone and screen-pop saw the same: \(updates) agent updates, \(contacts) contacts, over one session"
    }

    /// What the two counted, for when it differs.
    var counts: String {
        [softphone, screenPop].map { "\($0.program.rawValue) \($0.updates) updates, \($0.contacts.count) contacts" }
            .joined(separator: "; ")
    }

    /// A moment in which nothing is on its way to only one of them.
    private mutating func settle(_ check: () throws -> Void) async throws {
        let end = printer.seconds + 3
        repeat {
            try check()
            try listen()
            try await pause()
        } while summary == nil && printer.seconds < end
    }

    private func pause() async throws { try await Task.sleep(for: .milliseconds(10)) }

    private mutating func step() throws {
        try listen()
        for action in robot.due(at: printer.seconds) {
            printer.say(.softphone, action.words)
            requests[try softphone.start(action)] = action
        }
    }

    private mutating func listen() throws {
        for message in try softphone.read() { act(on: message) }
        for message in try screenPop.read() {
            tally.see(message)
            story.sentences(message.event, message.data).forEach { printer.say(.screenPop, $0) }
        }
        if let agent = screenPop.agent { tally.see(agent) }
    }

    private mutating func act(on message: ServerMessage) {
        if let reply = CallReply(message), let action = reply.requestId.flatMap({ requests.removeValue(forKey: $0) }) {
            if case .failure(let failure) = reply.result {
                printer.say(.softphone, printer.palette.red("\(action.method) failed: \(failure)"))
            }
        }
        if message.event == EventName.agentUpdate, let agent = message.data.flatMap({ Agent(json: $0) }) {
            robot.see(agent, at: printer.seconds)
        }
    }
}

/// One of the demo's two programs on the socket, with what it has seen.
final class DemoClient {
    let program: DemoProgram
    private let connection: LineConnection
    private(set) var agent: Agent?
    /// The updates since the agent became available, and the contacts that there were. Earlier updates do not count: a
    /// client that joins a known agent gets one alone, and by then both clients are there.
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
