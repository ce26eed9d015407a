// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline get PATH`: one value of the agent or of the seat, without a JSON parser.
struct GetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Print the agent, or one value of the agent or the seat.",
        discussion: """
            partyline get snapshot.state.name
            partyline get snapshot.contacts.0.contactId
            partyline get configuration.routingProfile --json
            partyline get seat.mute.data.muted
            """)

    @Argument(
        help: "Member names and list indices, separated by dots; \\. is a dot in a name (default: the whole agent).")
    var path: String?
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func run() throws {
        let path = AgentPath(path ?? "")
        let root = path.parts.first == Self.seat ? try seat(path) : try agent()
        do throws(AgentPath.Failure) {
            let value = try path.value(in: root)
            Console.out(Self.text(value, asJSON: format.isJSON, isTerminal: Console.isTerminal))
        } catch {
            throw CommandFailure(
                status: .failure, message: "\(error)", next: ["partyline get \(Self.quoted(error.known))"])
        }
    }

    /// The first part of a path into the seat. The agent has no such member.
    private static let seat = "seat"

    /// The states that pass by as events. They are no part of the agent: the daemon keeps the newest of each.
    private func seat(_ path: AgentPath) throws -> JSON {
        let answer = try options.withConnection { try $0.request("getSeat") }
        let root: JSON = ["seat": answer["seat"] ?? [:]]
        Self.staleness(path, root).forEach { Console.error($0) }
        return root
    }

    private func agent() throws -> JSON {
        let (answer, status) = try options.withConnection { connection in
            (try connection.request("getAgent"), try? DaemonStatus(connection.request("getStatus")))
        }
        if let status { warn(of: status) }
        return answer["agent"] ?? .null
    }

    /// A line for each state that is printed and that no program has confirmed since the daemon was restarted.
    static func staleness(_ path: AgentPath, _ root: JSON) -> [String] {
        let states = root["seat"]?.object?.members ?? []
        let shown = path.parts.count > 1 ? states.filter { $0.name == path.parts[1] } : states
        return shown.filter { $0.value["stale"]?.bool == true }.map { state in
            let time = state.value["time"]?.string.flatMap { Timestamp.milliseconds($0) }
            let since = time.map { " since \(WallClock.timeOfDay($0))" } ?? ""
            let name = Text.printable(state.name)
            return "partyline: \(name) was not confirmed\(since): partylined was restarted in between"
        }
    }

    /// The agent stays known while the service cannot be reached: a reader must not take an old state for the present one.
    private func warn(of status: DaemonStatus) {
        let health = StatusHealth(status)
        guard health.exit != .success, let problem = health.problems.first else { return }
        let age = status.agent.map { "; this is the state of \(Text.span(milliseconds: $0.ageMs)) ago" } ?? ""
        Console.error("partyline: \(Text.printable(problem.text))\(age)")
    }

    /// A string is printed without quotes, anything else as JSON, which is indented on a terminal.
    static func text(_ value: JSON, asJSON: Bool, isTerminal: Bool) -> String {
        if !asJSON, let text = value.string { return isTerminal ? Text.printable(text) : text }
        guard isTerminal, !asJSON else { return value.text.escapingDisplayControls }
        return value.prettyText.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0).escapingDisplayControls }.joined(separator: "\n")
    }

    /// A path as it has to be typed in a shell.
    private static func quoted(_ path: String) -> String { path.contains("\\") ? "'\(path)'" : path }
}

/// A path into a JSON value: `snapshot.contacts.0.state.type`, or with `contacts[0]`.
struct AgentPath: Equatable {
    /// The first part that does not exist, and what exists in its place.
    struct Failure: Error, Equatable, CustomStringConvertible {
        /// The longest part of the path that exists.
        let known: String
        let missing: String
        let choices: String

        var description: String {
            let place = known.isEmpty ? "the agent" : known
            return "no \"\(missing)\" in \(place); there is: \(choices)"
        }
    }

    let parts: [String]

    /// A backslash takes the next character as part of a name: `attributes.crm\.id`.
    init(_ text: String) {
        var parts: [String] = []
        var part = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                part.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if ".[".contains(character) {
                if !part.isEmpty { parts.append(part) }
                part = ""
            } else if character != "]" {
                part.append(character)
            }
        }
        self.parts = part.isEmpty ? parts : parts + [part]
    }

    /// A name as it is written in a path.
    static func escaped(_ name: String) -> String {
        name.reduce(into: "") { $0 += ".[]\\".contains($1) ? "\\\($1)" : "\($1)" }
    }

    func value(in root: JSON) throws(Failure) -> JSON {
        var value = root
        for (index, part) in parts.enumerated() {
            guard let inner = Self.member(part, of: value) else {
                let known = parts[..<index].map(Self.escaped).joined(separator: ".")
                throw Failure(known: known, missing: part, choices: Self.choices(value))
            }
            value = inner
        }
        return value
    }

    private static func member(_ part: String, of value: JSON) -> JSON? {
        guard let elements = value.array else { return value[part] }
        guard let index = Int(part), elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    private static func choices(_ value: JSON) -> String {
        switch value {
        case .object(let object): object.isEmpty ? "nothing" : object.names.map(escaped).joined(separator: ", ")
        case .array(let elements):
            switch elements.count {
            case 0: "nothing, the list is empty"
            case 1: "0"
            default: "0 to \(elements.count - 1)"
            }
        case .null, .bool, .number, .string: "only the value \(value.text)"
        }
    }
}
