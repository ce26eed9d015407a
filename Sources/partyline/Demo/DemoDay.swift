// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// The demo's day: two programs on one daemon, one that acts and one that only watches.
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
        printer.print(.softphone, "is connected; it will act")
        screenPop = try DemoClient(.screenPop, socket: socket)
        printer.print(.screenPop, "is connected; it only watches")
        try softphone.subscribeToChat()
    }

    /// Plays until every milestone is reached or the time limit passes.
    mutating func play(limit: Double, _ check: () throws -> Void) async throws {
        var end = printer.seconds + limit
        while !tally.missing.isEmpty, printer.seconds < end {
            try check()
            try step()
            // The chat comes last: a milestone that is missing at its end will not be reached.
            if tally.reached.contains(.chatCleared) { end = min(end, printer.seconds + 2) }
            try await pause()
        }
        try await settle(check)
    }

    /// Prints events without acting, until it is interrupted.
    mutating func watch(_ check: () throws -> Void) async throws {
        while true {
            try check()
            try readMessages()
            try await pause()
        }
    }

    /// The last line, if both programs received the same updates; otherwise nil.
    var summary: String? {
        guard softphone.updates == screenPop.updates, softphone.contacts == screenPop.contacts else { return nil }
        guard softphone.agent == screenPop.agent else { return nil }
        let (updates, contacts) = (screenPop.updates, screenPop.contacts.count)
        return "softphone and screen-pop saw the same: \(updates) agent updates, \(contacts) contacts, over one session"
    }

    /// Both programs' counts, for the error message if they differ.
    var counts: String {
        [softphone, screenPop].map { "\($0.program.rawValue) \($0.updates) updates, \($0.contacts.count) contacts" }
            .joined(separator: "; ")
    }

    /// Reads for up to 3 seconds until both programs have received the same updates.
    private mutating func settle(_ check: () throws -> Void) async throws {
        let end = printer.seconds + 3
        repeat {
            try check()
            try readMessages()
            try await pause()
        } while summary == nil && printer.seconds < end
    }

    private func pause() async throws { try await Task.sleep(for: .milliseconds(10)) }

    private mutating func step() throws {
        try readMessages()
        for action in robot.due(at: printer.seconds) {
            printer.print(.softphone, action.summary)
            requests[try softphone.start(action)] = action
        }
    }

    private mutating func readMessages() throws {
        for message in try softphone.read() { handle(message) }
        for message in try screenPop.read() {
            tally.record(message)
            story.sentences(message.event, message.data).forEach { printer.print(.screenPop, $0) }
        }
        if let agent = screenPop.agent { tally.record(agent) }
    }

    private mutating func handle(_ message: ServerMessage) {
        if let reply = CallReply(message), let action = reply.requestId.flatMap({ requests.removeValue(forKey: $0) }) {
            if case .failure(let failure) = reply.result {
                printer.print(.softphone, printer.palette.red("\(action.method) failed: \(failure)"))
            }
        }
        if message.event == EventName.agentUpdate, let agent = message.data.flatMap({ AgentData(json: $0) }) {
            robot.update(agent, at: printer.seconds)
        }
    }
}

/// One of the demo's two programs on the socket, with what it has received.
final class DemoClient {
    let program: DemoProgram
    private let connection: LineConnection
    private(set) var agent: AgentData?
    /// The number of `agent::update` since the agent became available. Earlier ones do not count: a client that
    /// connects after the agent is known receives a single one, and both clients are connected before the agent becomes
    /// available.
    private(set) var updates = 0
    /// The ids of all contacts so far.
    private(set) var contacts: Set<String> = []

    init(_ program: DemoProgram, socket: String) throws {
        self.program = program
        connection = try LineConnection(path: socket)
        _ = try connection.welcome()
    }

    /// Reads the messages that have arrived, and counts them.
    func read() throws -> [ServerMessage] {
        let messages = try connection.availableMessages()
        messages.forEach(count)
        return messages
    }

    /// Subscribes to chat messages, which come over the websocket.
    func subscribeToChat() throws { try connection.send(EventName.webSocketSubscribe, ["aws/chat"]) }

    /// Sends an API request and returns its id. The reply arrives among the messages.
    func start(_ action: SoftphoneRobot.Action) throws -> String { try connection.start(action.method, action.params) }

    private func count(_ message: ServerMessage) {
        guard message.event == EventName.agentUpdate, let new = message.data.flatMap({ AgentData(json: $0) }) else {
            return
        }
        agent = new
        if updates > 0 || new.snapshot.state?.type == .routable { updates += 1 }
        contacts.formUnion(new.snapshot.contacts.compactMap(\.contactId))
    }
}
