// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// The servers that partylined is compared with. Each function returns nil if the server is not installed.
extension FanOutSystem {
    static func redis(in stage: Stage) throws -> FanOutSystem? {
        guard let program = Child.installed("redis-server") else { return nil }
        let socket = stage.path("redis.sock")
        return try peer(
            program, at: .unix(socket), dialect: RedisDialect(), version: ["--version"],
            [
                "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--maxclients", "10000",
                "--client-output-buffer-limit", "pubsub 0 0 0", "--dir", stage.folder,
            ], in: stage)
    }

    static func mosquitto(in stage: Stage) throws -> FanOutSystem? {
        guard let program = Child.installed("mosquitto") else { return nil }
        let socket = stage.path("mosquitto.sock")
        var lines = [
            "listener 0 \(socket)", "allow_anonymous true", "max_queued_messages 0", "max_connections -1",
            "persistence false",
        ]
        // As root, mosquitto would switch to a user that may not open the folder.
        if geteuid() == 0 { lines.insert("user root", at: 0) }
        let file = stage.path("mosquitto.conf")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: file))
        return try peer(program, at: .unix(socket), dialect: MQTTDialect(), version: ["-h"], ["-c", file], in: stage)
    }

    static func nats(in stage: Stage) throws -> FanOutSystem? {
        guard let program = Child.installed("nats-server") else { return nil }
        let port = try Address.freePort()
        return try peer(
            program, at: .loopback(port), dialect: NATSDialect(), version: ["--version"],
            ["--addr", "127.0.0.1", "--port", "\(port)"], in: stage)
    }

    private static func peer(
        _ program: String, at address: Address, dialect: any Dialect, version: [String], _ arguments: [String],
        in stage: Stage
    ) throws -> FanOutSystem {
        let child = try Child(program, arguments, in: stage.folder)
        try child.wait(for: "connection to \(child.name)") { address.isListening }
        let name = child.name.replacing("-server", with: "")
        let detail = try number(program, version, in: stage)
        return FanOutSystem(name: name, detail: detail, address: address, dialect: dialect, child: child)
    }

    /// The first word in a program's output that looks like a version.
    private static func number(_ program: String, _ arguments: [String], in stage: Stage) throws -> String {
        let child = try Child(program, arguments, in: stage.folder)
        _ = child.hasEnded(within: 5)
        let words = (child.output + child.errors).split { $0.isWhitespace || $0 == "=" || $0 == ":" }
        let isVersion = { (word: Substring) in word.contains(".") && word.drop { $0 == "v" }.first?.isNumber == true }
        return words.first(where: isVersion).map(String.init) ?? "version unknown"
    }
}
