public import AgentModel
import StreamsProtocol

/// What a program wants to be told of: the parameters of `subscribe`.
public struct Subscription: Equatable, Sendable {
    /// How much of it.
    public enum Mode: String, Sendable {
        /// Every event, in order.
        case all
        /// Of each event name only the newest line: for lights and status bars.
        case latest
    }

    /// Event names with `*` for a part; `*` alone is everything, a third part of `contact::` names one contact.
    public var patterns: [String]
    /// How much of it.
    public var mode: Mode
    /// The clock to begin after; nil begins now, with a snapshot.
    public var since: String?
    /// True if what happened while the connection was away is wanted after it. False begins again with a snapshot.
    public var resumes: Bool

    public init(_ patterns: [String], mode: Mode = .all, since: String? = nil, resumes: Bool = true) {
        self.patterns = patterns
        self.mode = mode
        self.since = since
        self.resumes = resumes
    }

    /// The parameters of the request.
    func parameters(since clock: String?) -> JSON {
        var object = JSONObject([("events", .array(patterns.map { .string($0) }))])
        object["since"] = clock.map { .string($0) }
        object["mode"] = mode == .latest ? .string(mode.rawValue) : nil
        return .object(object)
    }
}

/// The answer to a subscription, told again after every reconnection.
public struct Subscribed: Equatable, Sendable {
    /// Where the events begin: hand it to `since` to begin there again.
    public let clock: String?
    /// True if nothing is known of what was before: the snapshot is the new beginning. False if the events go on after the
    /// clock that was asked for, with none left out.
    public let isFresh: Bool
    /// The agent, `{snapshot, configuration}`; nil where it is not known yet, or not needed.
    public let snapshot: JSON?
    /// The answer as it came.
    public let json: JSON

    /// Reads `{clock, fresh, snapshot?}`.
    public init(json: JSON) {
        clock = json["clock"]?.string
        isFresh = json["fresh"]?.bool ?? true
        snapshot = json["snapshot"].flatMap { $0.isNull ? nil : $0 }
        self.json = json
    }
}

/// `partyline::lagged`: this program was too slow, and events between two clocks were left out.
public struct Lag: Equatable, Sendable {
    /// The first clock that was left out.
    public let from: String?
    public let to: String?
    /// The agent as it is after the gap.
    public let snapshot: JSON?
    /// The line as it came, without its newline.
    public let line: [UInt8]

    init(_ message: ServerMessage) {
        from = message.data?["from"].flatMap(Self.text)
        to = message.data?["to"].flatMap(Self.text)
        snapshot = message.data?["snapshot"].flatMap { $0.isNull ? nil : $0 }
        line = message.line
    }

    private static func text(_ clock: JSON) -> String? { clock.string ?? clock.int.map(String.init) }
}
