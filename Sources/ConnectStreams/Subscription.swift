// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// What a program subscribes to: the parameters of `subscribe`.
public struct Subscription: Equatable, Sendable {
    public enum Mode: String, Sendable {
        /// Every event, in order.
        case all
        /// Only the newest line of each event name: for lights and status bars.
        case latest
    }

    /// Event names with `*` for a part. `*` alone is everything; a third part after `contact::` names one contact.
    public var patterns: [String]
    public var mode: Mode
    /// The clock to start after; nil starts now, with a snapshot.
    public var since: String?
    /// True to receive first, as events marked `isExisting`, what is there already: `contact::init` and the event of the
    /// present state for each contact. They come wherever the stream starts with a snapshot.
    public var existing: Bool
    /// True to continue with the missed events after a lost connection; false to start again with a snapshot.
    public var resumes: Bool
    /// True to wait for a daemon that does not run yet; false if the first connection has to succeed.
    public var waits: Bool

    public init(
        _ patterns: [String], mode: Mode = .all, since: String? = nil, existing: Bool = false, resumes: Bool = true,
        waits: Bool = false
    ) {
        self.patterns = patterns
        self.mode = mode
        self.since = since
        self.existing = existing
        self.resumes = resumes
        self.waits = waits
    }

    func parameters(since clock: String?) -> JSON {
        var object = JSONObject([("events", .array(patterns.map { .string($0) }))])
        object["since"] = clock.map { .string($0) }
        object["mode"] = mode == .latest ? .string(mode.rawValue) : nil
        object["existing"] = existing ? .bool(true) : nil
        return .object(object)
    }
}

/// The reply to a subscription. It is delivered again after every reconnection.
public struct Subscribed: Equatable, Sendable {
    /// Where the events start: passed as `since`, it starts there again.
    public let clock: String?
    /// True if earlier events are unknown and the snapshot is a new start; false if the events continue after the
    /// requested clock without a gap.
    public let isFresh: Bool
    /// The agent, `{snapshot, configuration}`; nil if it is not known yet or not needed.
    public let snapshot: JSON?
    /// When the daemon received the agent (RFC 3339); nil if the agent is not known.
    public let asOf: String?
    /// The milliseconds since then.
    public let ageMs: Int?
    /// True if the service has not confirmed the agent for so long that it must not be taken for the present one.
    public let isStale: Bool
    /// The states that pass by as events, by name: `{mute: {event, data, time, by?, stale?}, …}`; nil if none is known.
    public let seat: JSON?
    /// The reply as it was received.
    public let json: JSON

    /// Parses `{clock, fresh, snapshot?, asOf?, ageMs?, stale?, seat?}`.
    public init(json: JSON) {
        clock = json["clock"]?.string
        isFresh = json["fresh"]?.bool ?? true
        snapshot = json["snapshot"].flatMap { $0.isNull ? nil : $0 }
        asOf = json["asOf"]?.string
        ageMs = json["ageMs"]?.int
        isStale = json["stale"]?.bool ?? false
        seat = json["seat"].flatMap { $0.isNull ? nil : $0 }
        self.json = json
    }
}

/// `partyline::lagged`: this program was too slow, and the events between two clocks were skipped.
public struct Lag: Equatable, Sendable {
    /// The first clock that was skipped.
    public let from: String?
    public let to: String?
    /// Where the events continue.
    public let clock: String?
    /// The agent after the gap.
    public let snapshot: JSON?
    /// The line as it was received, without its newline.
    public let line: [UInt8]

    /// Parses the message.
    public init(_ message: ServerMessage) {
        from = message.data?["from"].flatMap(Self.text)
        to = message.data?["to"].flatMap(Self.text)
        clock = message.data?["clock"]?.string
        snapshot = message.data?["snapshot"].flatMap { $0.isNull ? nil : $0 }
        line = message.line
    }

    private static func text(_ clock: JSON) -> String? { clock.string ?? clock.int.map(String.init) }
}
