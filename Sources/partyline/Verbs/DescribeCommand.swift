// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline describe [NAME]`: the daemon's requests, events, roles and errors.
struct DescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Show the requests, events, roles and errors of the daemon, and the operations of Amazon Connect.",
        discussion: """
            partyline describe subscribe
            partyline describe acceptContact
            partyline describe contact::connected --json
            """)

    @Argument(help: "A request, event, operation, role or error code (default: a summary of all).")
    var name: String?
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func run() throws {
        let answer = try options.withConnection { try $0.request("describe") }
        guard let name else {
            if format.isJSON { return Console.out(answer.text) }
            return Vocabulary(answer).lines(.standardOutput).forEach { Console.out($0) }
        }
        let entries = Vocabulary(answer).entries(named: name)
        guard !entries.isEmpty else { throw Self.unknown(name, Vocabulary(answer)) }
        entries.map(Vocabulary(answer).resolved).forEach { Console.out(format.isJSON ? $0.text : $0.prettyText) }
    }

    static func unknown(_ name: String, _ vocabulary: Vocabulary) -> CommandFailure {
        let near = vocabulary.names(like: name).prefix(3).map { "partyline describe \($0)" }
        return CommandFailure(
            status: .failure, message: "this partylined has no \"\(name)\"",
            next: near + ["partyline describe   lists everything"])
    }
}

/// The daemon's answer to `describe`. Missing lists are not shown.
struct Vocabulary {
    /// One list of the answer, and how it is shown.
    struct Chapter: Equatable {
        let title: String
        let member: String
        /// The member that contains an entry's name.
        let key: String
        let summary: String
    }

    private let json: JSON

    init(_ json: JSON) { self.json = json }

    private static let chapters = [
        Chapter(title: "Requests", member: "methods", key: "name", summary: "summary"),
        Chapter(title: "Events of the daemon", member: "daemonEvents", key: "name", summary: "summary"),
        Chapter(title: "Events of clients", member: "clientEvents", key: "name", summary: "summary"),
        Chapter(title: "Operations of Amazon Connect, for call", member: "operations", key: "name", summary: "summary"),
        Chapter(title: "Roles", member: "roles", key: "name", summary: "summary"),
        Chapter(title: "Errors", member: "errors", key: "code", summary: "meaning"),
    ]

    /// The names of all events that the daemon sends.
    var eventNames: Set<String> { Set(entries("daemonEvents").compactMap { $0["name"]?.string }) }

    /// Why a `--match` can never match; nil if it may. Only the events that the daemon derives have a fixed form, and only their
    /// outermost members: the service may add others to a contact or an agent.
    func missing(_ match: EventMatch, in patterns: [String]) -> String? {
        guard !patterns.isEmpty, let first = AgentPath(match.path).parts.first,
            patterns.allSatisfy({ EventFeed.derivedName(in: $0) != nil || $0 == "contact::*" })
        else { return nil }
        let wanted = patterns.compactMap { try? EventPattern($0) }
        let shapes = entries("daemonEvents").filter { entry in
            let name = entry["name"]?.string ?? ""
            return wanted.contains { $0.matches(name, contactId: "") }
        }
        let members = shapes.compactMap { resolved($0)["data"]?["properties"]?.object?.names }
        guard !members.isEmpty, members.count == shapes.count, !members.joined().contains(first) else { return nil }
        return "the data have \(Set(members.joined()).sorted().joined(separator: ", "))"
    }

    /// The entry with each reference to a definition replaced by that definition; within itself a definition stays a reference.
    func resolved(_ entry: JSON) -> JSON { resolved(entry, within: []) }

    private func resolved(_ json: JSON, within names: Set<String>) -> JSON {
        if let name = json["$ref"]?.string.map({ String($0.split(separator: "/").last ?? "") }), !names.contains(name),
            let definition = self.json["$defs"]?[name]
        {
            return resolved(definition, within: names.union([name]))
        }
        if let elements = json.array { return .array(elements.map { resolved($0, within: names) }) }
        guard let object = json.object else { return json }
        return .object(JSONObject(object.members.map { ($0.name, resolved($0.value, within: names)) }))
    }

    /// A summary of every list: name, role, summary.
    func lines(_ palette: Palette) -> [String] {
        Self.chapters.flatMap { chapter -> [String] in
            let rows = entries(chapter.member).map { row($0, chapter) }
            guard !rows.isEmpty else { return [] }
            let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
            let body = rows.map { "  \(Text.left($0[0], widths[0]))  \(Text.left($0[1], widths[1]))  \($0[2])" }
            return [palette.bold(chapter.title)] + body
        }
    }

    /// All entries with that name: clients and the daemon may have an event of the same name.
    func entries(named name: String) -> [JSON] {
        Self.chapters.flatMap { chapter in
            entries(chapter.member).filter { $0[chapter.key]?.string == name }
        }
    }

    /// The names that contain it, or that it contains.
    func names(like name: String) -> [String] {
        let all = Self.chapters.flatMap { chapter in entries(chapter.member).compactMap { $0[chapter.key]?.string } }
        let wanted = name.lowercased()
        return all.filter { $0.lowercased().contains(wanted) || wanted.contains($0.lowercased()) }
    }

    private func row(_ entry: JSON, _ chapter: Chapter) -> [String] {
        let summary = entry[chapter.summary]?.string ?? Self.list(entry["parameters"])
        return [entry[chapter.key]?.string ?? "?", entry["role"]?.string ?? "", summary]
    }

    /// `contactId, endpoint?`: the parameters of an operation.
    private static func list(_ parameters: JSON?) -> String {
        (parameters?.array ?? []).map { parameter in
            (parameter["name"]?.string ?? "?") + (parameter["required"] == true ? "" : "?")
        }.joined(separator: ", ")
    }

    private func entries(_ member: String) -> [JSON] { json[member]?.array ?? [] }
}
