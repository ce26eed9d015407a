// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

/// A logged line, as the script that caused it expects it.
struct FanOutLine {
    enum Audience { case everyone, streams, subscribers }

    let position: LogPosition
    let name: String
    /// The line without its newline.
    let text: String
    let contactId: String?
    /// The port that broadcast it.
    let from: String?
    let audience: Audience
    /// The newest event at that time.
    let clock: LogPosition
    let time: Int64
    /// The number of the agent in an `agent::update`.
    var agent: Int?
    /// The line for the role presence.
    var narrowText: String?

    /// True if the line is not replayed on resume.
    var isSuperseded: Bool { from == nil && ["agent::update", "api_metric", "log", "partyline::ports"].contains(name) }

    /// The line as subscribers get it.
    func clocked(_ text: String) -> String {
        let from = from.map { #","from":"\#($0)""# } ?? ""
        return text.dropLast() + #","clock":"e1:\#(clock)","time":"\#(Timestamp.text(milliseconds: time))"\#(from)}"#
    }
}

/// All logged lines in order, which the ports' lines are compared with.
final class FanOutRecord {
    private(set) var lines: [FanOutLine] = []
    /// Positions by text, for lines without a clock.
    private(set) var places: [String: [LogPosition]] = [:]
    private(set) var newestAgent: FanOutLine?
    private var clock: LogPosition = 0

    /// The position of the next line.
    var end: LogPosition { LogPosition(lines.count) + 1 }

    subscript(_ position: LogPosition) -> FanOutLine? {
        position >= 1 && position < end ? lines[Int(position) - 1] : nil
    }

    /// Records the lines that one event caused: a broadcast, an agent, or anything else.
    func append(
        _ logged: [(position: LogPosition, text: String)], from: String? = nil, agent: (Int, AgentData)? = nil,
        at time: Int64
    ) throws {
        var isFirst = true
        for (position, text) in logged {
            try #require(position == end)
            var line = try line(text, from: from, isFirst: isFirst, time: time)
            if let agent, isFirst {
                line.agent = agent.0
                line.narrowText = narrowText(agent.1)
                newestAgent = line
            }
            places[line.text, default: []].append(position)
            lines.append(line)
            isFirst = false
        }
    }

    private func line(_ text: String, from: String?, isFirst: Bool, time: Int64) throws -> FanOutLine {
        let name = try #require(Self.member("event", text))
        let isDerived = Derivation.names.contains(name)
        let audience: FanOutLine.Audience =
            if from != nil, name == "contact::view" {
                isFirst ? .streams : .subscribers
            } else if isDerived {
                from == nil ? .subscribers : .streams
            } else if name == "partyline::ports" {
                .subscribers
            } else {
                .everyone
            }
        let isSuperseded = from == nil && ["agent::update", "api_metric", "log", "partyline::ports"].contains(name)
        if !isSuperseded, audience != .streams { clock = end }
        let contactId = audience == .subscribers ? Self.member("contactId", text) : nil
        return FanOutLine(
            position: end, name: name, text: text, contactId: contactId, from: from, audience: audience, clock: clock,
            time: time)
    }

    /// The first member of that name, if it is a string. Parsing each line as JSON would take longer than everything
    /// else.
    private static func member(_ name: String, _ text: String) -> String? {
        let parts = text.split(separator: #""\#(name)":""#, maxSplits: 1)
        return parts.count == 2 ? String(parts[1].prefix { $0 != "\"" }) : nil
    }

    private func narrowText(_ agent: AgentData) -> String {
        let state = agent.snapshot.json["state"]?.text ?? ""
        let name = agent.configuration.json["name"]?.text ?? ""
        return #"{"event":"agent::update","data":{"snapshot":{"state":\#(state)},"configuration":{"name":\#(name)}}}"#
    }
}

/// Patterns, each with an independent implementation of its match.
struct FanOutPattern {
    let text: String
    let matches: @Sendable (FanOutLine) -> Bool

    static let all: [FanOutPattern] = [
        .init(text: "*") { _ in true },
        .init(text: "agent::*") { $0.name.hasPrefix("agent::") },
        .init(text: "agent::update") { $0.name == "agent::update" },
        .init(text: "*::refresh") { $0.name == "agent::refresh" || $0.name == "contact::refresh" },
        .init(text: "contact::*") { $0.name.hasPrefix("contact::") && $0.name != "contact::shown::a" },
        .init(text: "contact::*::a") {
            $0.name == "contact::shown::a" || ($0.name.hasPrefix("contact::") && $0.contactId == "a")
        },
        .init(text: "contact::connected") { $0.name == "contact::connected" },
        .init(text: "contact::refresh::b") { $0.name == "contact::refresh" && $0.contactId == "b" },
        .init(text: "contact::view") { $0.name == "contact::view" },
        .init(text: "mute") { $0.name == "mute" },
        .init(text: "update_connected_ccps") { $0.name == "update_connected_ccps" },
        .init(text: "webSocket::*") { $0.name.hasPrefix("webSocket::") },
        .init(text: "api_metric") { $0.name == "api_metric" },
        .init(text: "log") { $0.name == "log" },
        .init(text: "never") { _ in false },
    ]
}
