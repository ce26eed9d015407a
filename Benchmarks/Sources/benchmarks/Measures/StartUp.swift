// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The time from exec to READY=1, and to the first line that a client reads.
struct StartUp: Measure {
    static let name = "start-up"
    static let summary = "exec → READY=1 and the first acknowledge, compared with redis"

    func tables(_ setting: Setting) throws -> [Table] {
        let count = setting.rounds * 4
        var ready = [Latencies](repeating: Latencies(), count: setting.builds.count)
        var answer = ready
        var redis = Latencies()
        for _ in 0..<count {
            for (index, build) in setting.builds.enumerated() {
                let (readyAfter, answerAfter) = try Self.start(build)
                if let readyAfter { ready[index].record(readyAfter) }
                answer[index].record(answerAfter)
            }
            if let time = try Self.startRedis() { redis.record(time) }
        }
        var table = Table(
            title: "Time since exec", columns: ["program, until", "starts", "p50", "p90", "max", "target"])
        for (index, build) in setting.builds.enumerated() {
            table.rows.append(Self.cells("\(build.name), READY=1", ready[index], "≤ 100 ms"))
            table.rows.append(Self.cells("\(build.name), acknowledge read", answer[index], "≤ 100 ms"))
        }
        if redis.count > 0 { table.rows.append(Self.cells("redis, PONG read", redis, .none)) }
        table.notes = [
            "Without a session, because readiness does not depend on one. The client tries to connect every 0.25 ms."
        ]
        return [table]
    }

    /// Nanoseconds from exec until READY=1 (nil if it never came) and until a client has read its first line.
    private static func start(_ build: DaemonBuild) throws -> (UInt64?, UInt64) {
        let stage = try Stage()
        let notices = try NoticeSocket(stage.path("notify.sock"))
        let daemon = try Daemon(build, in: stage, environment: ["NOTIFY_SOCKET": stage.path("notify.sock")])
        var (link, ready, answered) = (Link?.none, UInt64?.none, UInt64?.none)
        let deadline = daemon.startedAt + 10.0.nanoseconds
        while ready == nil || answered == nil {
            ready = ready ?? notices.readyAt()
            link = link ?? (try? Link(daemon.address))
            if answered == nil, let link, try link.line(before: 0) != nil { answered = link.receivedAt }
            guard daemon.child.isRunning, Clock.now < deadline else { break }
            Clock.sleep(0.000_25)
        }
        guard let answered else { throw Failure("partylined did not answer: \(daemon.child.errors)") }
        return (ready.map { $0 - daemon.startedAt }, answered - daemon.startedAt)
    }

    /// Nanoseconds from exec until redis, which sends no greeting, has answered PING; nil if it is not installed.
    private static func startRedis() throws -> UInt64? {
        guard let program = Child.installed("redis-server") else { return nil }
        let stage = try Stage()
        let socket = stage.path("redis.sock")
        let start = Clock.now
        let child = try Child(program, ["--port", "0", "--unixsocket", socket, "--save", ""], in: stage.folder)
        while child.isRunning, Clock.now < start + 10.0.nanoseconds {
            if let link = try? Link(.unix(socket)) {
                try link.send("PING\r\n")
                _ = try link.line(before: Clock.now + 5.0.nanoseconds)
                return link.receivedAt - start
            }
            Clock.sleep(0.000_25)
        }
        throw Failure("redis-server did not listen: \(child.errors)")
    }

    private static func cells(_ name: String, _ times: Latencies, _ target: Cell) -> [Cell] {
        guard times.count > 0 else { return [.init(text: name), "0", .none, .none, .none, target] }
        return [.init(text: name), .number(Double(times.count))] + [50, 90].map { .milliseconds(times.percentile($0)) }
            + [.milliseconds(times.greatest), target]
    }
}

/// Receives sd_notify messages as a service manager does.
final class NoticeSocket {
    private let descriptor: Descriptor

    init(_ path: String) throws(Failure) {
        let kind = CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let descriptor = Descriptor(socket(AF_UNIX, kind, 0))
        self.descriptor = descriptor
        guard Address.withUnix(path, { bind(descriptor.number, $0, $1) }) == 0 else {
            throw Failure("cannot bind the notify socket: \(Address.errorText)")
        }
    }

    /// The present time if READY=1 has been received since the last call.
    func readyAt() -> UInt64? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(descriptor.number, &buffer, buffer.count, 0), count > 0 {
            let text = String(decoding: buffer[..<count], as: UTF8.self)
            if text.split(separator: "\n").contains("READY=1") { return Clock.now }
        }
        return nil
    }
}
