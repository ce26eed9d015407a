// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension Stage {
    /// Settings under which only the test causes changes: the daemon sees a change at the service at once, and long
    /// polls and configuration rounds take their real time.
    static let steady = ["PARTYLINE_TIMERS_SNAPSHOT_INTERVAL": "0", "PARTYLINE_TIMERS_SCALE": "1"]

    /// Starts a daemon that never gets a session, for tests of the daemon and its ports alone.
    func startDaemonWithoutSession(_ environment: [String: String] = [:]) throws {
        let none = [
            "PARTYLINE_SESSION_BASE_URL": "", "PARTYLINE_SESSION_COOKIE_FILE": "", "PARTYLINE_TLS_TRUST_ROOTS": "",
        ]
        try startDaemon(
            environment: none.merging(["PARTYLINE_SESSION_SOURCE": "configure"]) { $1 }.merging(environment) { $1 })
    }

    /// Sends the daemon a signal and waits for its end.
    func endDaemon(_ signal: Int32 = SIGKILL) throws {
        daemon?.kill(signal)
        _ = try daemon?.end()
    }

    /// The standard error of all daemons of this stage.
    var allDaemonLogs: String {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasPrefix("partylined.") && $0.hasSuffix(".err") }.sorted()
            .compactMap { try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }.joined()
    }

    /// The warnings and errors in these logs.
    var warnings: [String] {
        allDaemonLogs.split(separator: "\n").map(String.init)
            .filter { $0.contains(" warning: ") || $0.contains(" error: ") || $0.contains("Fatal") }
    }

    /// The files of the daemon's kept state.
    var stateFiles: [String] { ["\(socket).state.a", "\(socket).state.b"] }

    /// The number of open descriptors of the daemon. Only root may read it: the daemon is not dumpable.
    func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon?.pid ?? 0)/fd").count
    }

    /// The daemon's resident memory in KiB.
    func residentKiB() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(daemon?.pid ?? 0)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return try #require(line.flatMap { Int($0.filter(\.isNumber)) })
    }
}

extension Client {
    /// Waits until the daemon has that many ports. A port that has just closed may still be counted.
    func waitForPorts(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try eventually("there are \(count) ports", sourceLocation: sourceLocation) {
            try connection.request("getStatus")["ports"]?["count"]?.int == count
        }
    }
}
