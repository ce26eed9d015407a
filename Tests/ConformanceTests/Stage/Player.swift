// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Glibc
import StreamsProtocol

/// Plays a scene with its own backend and daemon. Steps like `never` and `count` are checked at the end, against all
/// messages.
final class Player {
    let backend: ScriptedBackend
    let daemon: DaemonProcess
    var ports: [String: ScenePort] = [:]
    /// Marked clocks by their names.
    var clocks: [String: String] = [:]
    private let scene: Scene
    let names: Names
    /// The number of requests so far, which makes their ids unique.
    var requests = 0
    /// True after an `ended` step.
    var mayEnd = false
    /// Steps that are checked after the scene.
    private var atEnd: [Step] = []

    static let defaultTimeout = 8000

    init(_ scene: Scene) throws {
        self.scene = scene
        backend = try ScriptedBackend()
        names = Names(authority: backend.authority)
        daemon = try DaemonProcess(
            settings: scene.settings.mapValues { [names] in
                names.filled(.string($0)).string ?? $0
            })
    }

    /// Throws the first failure, with its step.
    func play() throws {
        for (index, step) in scene.steps.enumerated() {
            do { try run(Step(step.keyword, names.filled(step.argument))) } catch {
                throw SceneFailure("step \(index + 1), \(step.keyword.rawValue): \(error)")
            }
        }
        try finish()
    }

    /// All messages, requests and the daemon's log, to find out why a scene failed.
    var transcript: String {
        let lines = ports.sorted { $0.key < $1.key }.map { name, port in
            "\(name) received:\n" + port.received.map { "  " + String($0.text.prefix(400)) }.joined(separator: "\n")
        }
        let requests =
            (try? backend.ask { $0.requests.map { "\($0.operation) \(String(($0.body ?? .null).text.prefix(200)))" } })
            ?? []
        return lines.joined(separator: "\n") + "\nthe backend saw:\n  " + requests.joined(separator: "\n  ")
            + "\nthe daemon's log:\n" + daemon.log
    }

    private func run(_ step: Step) throws {
        switch step.keyword {
        case .never, .count, .total, .frames: atEnd.append(step)
        case .connect, .configure, .ready, .send, .raw, .call, .request, .close: try act(step)
        case .expect, .find, .closed, .order, .ended: try observe(step)
        case .saw, .frame: try observeBackend(step)
        case .backend:
            let commands = step.argument
            try backend.ask { try $0.apply(commands) }
        case .quiet: usleep(UInt32(step.argument.int ?? 0) * 1000)
        }
    }

    private func finish() throws {
        for port in ports.values { try port.catchUp() }
        for step in atEnd {
            do { try review(step) } catch { throw SceneFailure("at the end, \(step.keyword.rawValue): \(error)") }
        }
        guard daemon.isRunning || mayEnd else { throw SceneFailure("the daemon has ended") }
    }

    // MARK: Helpers

    func port(_ name: String?) throws -> ScenePort {
        guard let port = ports[name ?? ""] else { throw SceneFailure("no port \(name ?? "?") is connected") }
        return port
    }

    /// The ports of a step: one name or a list of them.
    func named(_ step: Step) throws -> [(name: String, port: ScenePort)] {
        let value = step.argument["port"] ?? step.argument
        let names = value.array?.compactMap(\.string) ?? [value.string ?? ""]
        return try names.map { ($0, try port($0)) }
    }

    func deadline(_ step: Step) -> ContinuousClock.Instant {
        .now + .milliseconds(step.argument["within"]?.int ?? Self.defaultTimeout)
    }

    func pattern(_ json: JSON) -> Pattern { Pattern(pattern: json, ids: ports.mapValues(\.id), clocks: clocks) }

    func check(_ pattern: JSON?, _ value: JSON?, _ what: String) throws {
        guard let pattern, let difference = self.pattern(pattern).difference(from: value) else { return }
        throw SceneFailure("\(what)\(difference)")
    }
}

extension ServerMessage {
    var text: String { String(decoding: line, as: UTF8.self) }
}
