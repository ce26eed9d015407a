// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline subscribe TOPIC…`: subscribes the daemon to topics of the service's websocket.
struct SubscribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscribe", abstract: "Subscribe to topics of Amazon Connect's websocket.",
        discussion: """
            partyline subscribe aws/chat && partyline watch webSocket::all_message

            The messages go to every connected program. The daemon keeps the topics until it ends. This is not how to receive \
            events: see partyline watch.
            """)

    @Argument(help: ArgumentHelp("Topics: aws/chat.", valueName: "topic")) var topics: [String]
    @Option(parsing: .unconditional, help: ArgumentHelp("How long to wait for the answer.", valueName: "seconds"))
    var timeout = 15.0
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func validate() throws {
        guard topics.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 256 }) else {
            throw ValidationError("a topic has 1 to 256 bytes: aws/chat")
        }
        guard timeout > 0, timeout <= 600 else { throw ValidationError("--timeout takes seconds, up to 600") }
    }

    func run() throws {
        let outcome = try options.withConnection { try ask($0) }
        Console.out(format.isJSON ? outcome.json.text : outcome.text)
    }

    private func ask(_ connection: LineConnection) throws -> TopicOutcome {
        let deadline = ContinuousClock.now + .seconds(timeout)
        _ = try connection.request("subscribe", ["events": .array(TopicOutcome.events.map { .string($0) })])
        let before = try StatusCommand.read(connection.request("getStatus"))
        var outcome = TopicOutcome(topics, before: before.webSocket.topics)
        try connection.send(EventName.webSocketSubscribe, .array(topics.map { .string($0) }))
        try connection.synchronize()
        outcome.note(try StatusCommand.read(connection.request("getStatus")))
        while try !outcome.isComplete() {
            do throws(ConnectionError) { outcome.note(try connection.nextMessage(before: deadline)) } catch {
                guard case .timeout = error else { throw error }
                throw outcome.late(within: Text.setting(milliseconds: Int(timeout * 1000)))
            }
        }
        return outcome
    }
}

/// What has become of the topics that were asked for. Pure.
struct TopicOutcome: Equatable {
    /// Topics that the service has granted.
    private(set) var granted: [String] = []
    /// Topics that were asked for earlier. The daemon does not ask the service again.
    let earlier: [String]
    private var pending: [String]
    private var refused: [String] = []
    private var status: DaemonStatus?

    static let events = [EventName.webSocketSubscriptionUpdate, EventName.webSocketSubscriptionFailure]

    init(_ topics: [String], before: [String]) {
        var seen: Set<String> = []
        let topics = topics.filter { seen.insert($0).inserted }
        earlier = topics.filter(before.contains)
        pending = topics.filter { !before.contains($0) }
    }

    /// The daemon's status after the request.
    mutating func note(_ status: DaemonStatus) { self.status = status }

    mutating func note(_ message: ServerMessage) {
        // A program may broadcast these names, for tests.
        guard message.from == nil, let content = message.data?["content"] else { return }
        let topics = Set((content["topics"]?.array ?? []).compactMap(\.string))
        switch message.event {
        case EventName.webSocketSubscriptionUpdate:
            granted += pending.filter(topics.contains)
            pending.removeAll(where: topics.contains)
        case EventName.webSocketSubscriptionFailure: refused += pending.filter(topics.contains)
        default: break
        }
    }

    /// True once every topic is granted. Throws if that will not be soon.
    func isComplete() throws(CommandFailure) -> Bool {
        if pending.isEmpty { return true }
        guard refused.isEmpty else {
            throw failure("Amazon Connect does not grant \(Self.list(refused)); partylined keeps asking")
        }
        guard let status else { return false }
        let dropped = pending.filter { !status.webSocket.topics.contains($0) }
        if !dropped.isEmpty {
            throw failure("partylined cannot keep more topics; it has not asked for \(Self.list(dropped))")
        }
        let health = StatusHealth(status)
        guard health.exit != .success, let problem = health.problems.first else { return false }
        throw CommandFailure(
            status: health.exit,
            message: "\(problem.text); partylined will subscribe to \(Self.list(pending)) when there is a websocket",
            next: problem.next)
    }

    func late(within span: String) -> CommandFailure {
        failure("no answer about \(Self.list(pending)) within \(span); partylined keeps asking", .timeout)
    }

    private func failure(_ message: String, _ status: CommandStatus = .failure) -> CommandFailure {
        CommandFailure(
            status: status, message: message, next: ["partyline status   shows the websocket and its topics"])
    }

    var text: String {
        [("subscribed to", granted), ("asked for earlier:", earlier)].filter { !$0.1.isEmpty }
            .map { "\($0.0) \(Self.list($0.1))" }.joined(separator: "; ")
    }

    var json: JSON {
        ["subscribed": .array(granted.map { .string($0) }), "earlier": .array(earlier.map { .string($0) })]
    }

    private static func list(_ topics: [String]) -> String { Text.printable(topics.joined(separator: ", ")) }
}
