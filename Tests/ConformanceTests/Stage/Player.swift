import AgentModel
import ConnectStreams
import Glibc
import StreamsProtocol

/// Plays one scene: a backend, a daemon, its ports, and the steps in order. What must not happen is checked at the end,
/// against everything that came.
final class Player {
    let backend: ScriptedBackend
    let daemon: DaemonProcess
    var ports: [String: ScenePort] = [:]
    /// Clocks by the names that a scene gave them.
    var clocks: [String: String] = [:]
    private let scene: Scene
    let names: Names
    /// Requests that were made, so that each has an id of its own.
    var requests = 0
    /// True once a scene has seen the daemon end as it should.
    var mayEnd = false
    /// Steps that are about the whole scene: they are looked at when it is over.
    private var atEnd: [Step] = []

    static let patience = 8000

    init(_ scene: Scene) throws {
        self.scene = scene
        backend = try ScriptedBackend()
        names = Names(authority: backend.authority)
        daemon = try DaemonProcess(
            settings: scene.settings.mapValues { [names] in
                names.filled(.string($0)).string ?? $0
            })
    }

    /// Throws the first failure, with the step that it belongs to.
    func play() throws {
        for (index, step) in scene.steps.enumerated() {
            do { try run(Step(step.word, names.filled(step.argument))) } catch {
                throw SceneFailure("step \(index + 1), \(step.word.rawValue): \(error)")
            }
        }
        try finish()
    }

    /// What happened, for whoever has to find out why a scene failed.
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
        switch step.word {
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
            do { try review(step) } catch { throw SceneFailure("at the end, \(step.word.rawValue): \(error)") }
        }
        guard daemon.isRunning || mayEnd else { throw SceneFailure("the daemon has ended") }
    }

    // MARK: What steps share

    func port(_ name: String?) throws -> ScenePort {
        guard let port = ports[name ?? ""] else { throw SceneFailure("no port \(name ?? "?") is connected") }
        return port
    }

    /// The ports that a step names: one, or a list.
    func named(_ step: Step) throws -> [(name: String, port: ScenePort)] {
        let value = step.argument["port"] ?? step.argument
        let names = value.array?.compactMap(\.string) ?? [value.string ?? ""]
        return try names.map { ($0, try port($0)) }
    }

    func deadline(_ step: Step) -> ContinuousClock.Instant {
        .now + .milliseconds(step.argument["within"]?.int ?? Self.patience)
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
