// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import StreamsProtocol
import Testing

@testable import ConduitCore

/// The examples of `describe`, which the schema has too, and of Documentation/protocol.md.
@Suite("Examples")
struct ExampleTests {
    @Test("an event's example has the form of its lines")
    func events() throws {
        for event in DaemonEvent.all {
            guard let line = event.exampleLine else { continue }
            #expect(Self.fault(in: line) == nil, "\(event.name)")
            let isMarked = line["existing"] == true
            #expect((line["clock"] == nil) == (event.audience == .port || isMarked), "\(event.name)")
        }
    }

    @Test(
        "what the daemon adds to Streams' events has an example",
        arguments: [
            "partyline::auth", "partyline::link", "partyline::ports", "contact::view", "contact::init",
            "contact::connected",
            "agent::state_change",
        ])
    func complete(name: String) { #expect(CommandTable.daemonEvents[name]?.exampleLine != nil) }

    @Test("the page's lines have the form of the table; \u{2026} stands for what is left out")
    func page() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Documentation/protocol.md"), encoding: .utf8)
        let lines = text.matches(of: /\n```json\n((?s:.*?))\n```/).flatMap { $0.output.1.split(separator: "\n") }
        var events: Set<String> = []
        for line in lines {
            let short = line.replacing("{\u{2026}}", with: "{}").replacing(",\u{2026}", with: "")
            let json = try JSON(parsing: String(short))
            // The answers of some requests, and the form of every line, are shown without an event.
            guard let event = json["event"]?.string, event != "a name" else { continue }
            events.insert(event)
            if line.contains("\u{2026}") {
                #expect(CommandTable.daemonEvents[event] != nil, "\(event)")
            } else {
                #expect(Self.fault(in: json) == nil, "\(line)")
            }
        }
        #expect(
            events.isSuperset(of: ["partyline::request", "partyline::auth", "partyline::link", "partyline::ports"]))
    }

    /// What does not fit: the data of a daemon's event, or the parameters of a request.
    private static func fault(in line: JSON) -> String? {
        let name = line["event"]?.string ?? ""
        if name == EventName.request {
            let method = line["data"]?["method"]?.string ?? ""
            guard let entry = CommandTable.methods[method] else { return "no method \(method)" }
            do throws(ProtocolError) { _ = try entry.check(line["data"]?["params"]) } catch { return error.message }
            return nil
        }
        guard let event = CommandTable.daemonEvents[name] else { return "no event \(name)" }
        guard let shape = event.data.shape else { return line["data"] == nil ? nil : "\(name) has no data" }
        return shape.fault(in: line["data"] ?? .null, at: "data")?.message
    }
}
