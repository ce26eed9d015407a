// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import StreamsProtocol
import Testing

/// One scene: its steps, with what ports and the backend must receive. README.md explains the language.
struct Scene: Sendable, CustomTestStringConvertible {
    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    let name: String
    let title: String
    /// Keys of the daemon's configuration.
    let settings: [String: String]
    let steps: [Step]

    var testDescription: String { "\(name): \(title)" }

    init(_ json: JSON, file: String) throws {
        guard let name = json["scene"]?.string, let title = json["title"]?.string, let steps = json["steps"]?.array
        else { throw Malformed(description: "\(file): a scene has to be {scene, title, settings?, steps}") }
        let surplus = Set(json.object?.names ?? []).subtracting(["scene", "title", "settings", "steps"])
        guard surplus.isEmpty else { throw Malformed(description: "\(file): \(name): unknown \(surplus.sorted())") }
        self.name = name
        self.title = title
        settings = (json["settings"]?.object?.members ?? []).reduce(into: [:]) {
            $0[$1.name] = $1.value.string ?? $1.value.text
        }
        do { self.steps = try steps.map(Step.init) } catch {
            throw Malformed(description: "\(file): \(name): \(error)")
        }
    }

    /// All scenes, sorted by file and line.
    static func load() throws -> [Scene] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Scenes")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        return try files.sorted().flatMap { file in
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            return try read(text, file: file)
        }
    }

    static func read(_ text: String, file: String) throws -> [Scene] {
        let document: JSON
        do { document = try YAMLText.json(text) } catch { throw Malformed(description: "\(file): \(error)") }
        guard let scenes = document["scenes"]?.array else {
            throw Malformed(description: "\(file): no list called scenes in it")
        }
        return try scenes.map { try Scene($0, file: file) }
    }
}
