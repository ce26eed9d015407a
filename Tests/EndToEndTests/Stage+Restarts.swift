import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension Stage {
    /// Settings under which nothing happens at the daemon but what a test makes happen: a change at the service is
    /// seen at once, and long polls and configuration rounds are as long as they are.
    static let steady = ["PARTYLINE_TIMERS_SNAPSHOT_INTERVAL": "0", "PARTYLINE_TIMERS_SCALE": "1"]

    /// A daemon that has no session and waits for none: for what is between it and its ports alone.
    func startLonelyDaemon(_ environment: [String: String] = [:]) throws {
        let none = [
            "PARTYLINE_SESSION_BASE_URL": "", "PARTYLINE_SESSION_COOKIE_FILE": "", "PARTYLINE_TLS_TRUST_ROOTS": "",
        ]
        try startDaemon(
            environment: none.merging(["PARTYLINE_SESSION_SOURCE": "configure"]) { $1 }.merging(environment) { $1 })
    }

    /// Ends the daemon by a signal, and waits until it has ended.
    func endDaemon(_ signal: Int32 = SIGKILL) throws {
        daemon?.kill(signal)
        _ = try daemon?.end()
    }

    /// What all daemons of this stage wrote to standard error.
    var allDaemonLogs: String {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasPrefix("partylined.") && $0.hasSuffix(".err") }.sorted()
            .compactMap { try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }.joined()
    }

    /// Lines of the journal that somebody should look at.
    var complaints: [String] {
        allDaemonLogs.split(separator: "\n").map(String.init)
            .filter { $0.contains(" warning: ") || $0.contains(" error: ") || $0.contains("Fatal") }
    }

    /// Where the daemon keeps what a restart finds.
    var stateFiles: [String] { ["\(socket).state.a", "\(socket).state.b"] }

    /// How many descriptors the daemon has open. Only root may look: it is not dumpable.
    func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon?.pid ?? 0)/fd").count
    }

    /// How much memory the daemon occupies.
    func residentKiB() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(daemon?.pid ?? 0)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return try #require(line.flatMap { Int($0.filter(\.isNumber)) })
    }
}

extension Client {
    /// Waits until the daemon has so many ports: whoever has just gone may still be counted.
    func waitForPorts(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try eventually("there are \(count) ports", sourceLocation: sourceLocation) {
            try connection.request("getStatus")["ports"]?["count"]?.int == count
        }
    }
}
