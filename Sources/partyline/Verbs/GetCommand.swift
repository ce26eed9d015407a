// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline get PATH`: one value of the agent, without a JSON parser.
struct GetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Print the agent, or one value of it.",
        discussion: """
            partyline get snapshot.state.name
            partyline get snapshot.contacts.0.contactId
            partyline get configuration.routingProfile --json
            """)

    @Argument(help: "Member names and list indices, separated by dots (default: the whole agent).") var path: String?
    @OptionGroup var options: SocketOptions
    @Flag(help: "Print JSON, even for a string.") var json = false

    func run() throws {
        let answer = try options.withConnection { try $0.request("getAgent") }
        do throws(AgentPath.Failure) {
            let value = try AgentPath(path ?? "").value(in: answer["agent"] ?? .null)
            Console.out(Self.text(value, asJSON: json, isTerminal: Console.isTerminal))
        } catch {
            throw CommandFailure(status: .failure, message: "\(error)", next: ["partyline get \(error.known)"])
        }
    }

    /// A string is printed without quotes, anything else as JSON, which is indented on a terminal.
    static func text(_ value: JSON, asJSON: Bool, isTerminal: Bool) -> String {
        if !asJSON, let text = value.string { return isTerminal ? Text.printable(text) : text }
        return isTerminal && !asJSON ? value.prettyText : value.text
    }
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

    init(_ text: String) {
        let dotted = text.map { $0 == "[" ? "." : $0 }.filter { $0 != "]" }
        parts = String(dotted).split(separator: ".").map(String.init)
    }

    func value(in root: JSON) throws(Failure) -> JSON {
        var value = root
        for (index, part) in parts.enumerated() {
            guard let inner = Self.member(part, of: value) else {
                let known = parts[..<index].joined(separator: ".")
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
        case .object(let object): object.isEmpty ? "nothing" : object.names.joined(separator: ", ")
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
