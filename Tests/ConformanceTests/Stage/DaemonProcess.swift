// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// A `partylined` in a folder of its own. Deinitialization ends the process and removes the folder.
final class DaemonProcess {
    private let process = Process()
    private let folder: String

    init(settings: [String: String]) throws {
        // Short, because a socket's path is limited to 107 bytes.
        folder = "/tmp/partyline-c-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        _ = FileManager.default.createFile(atPath: "\(folder)/log", contents: nil)
        process.executableURL = Self.binary
        process.arguments = ["--socket", socket]
        process.environment = Self.environment(settings, home: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: "\(folder)/log")
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    var socket: String { "\(folder)/p.sock" }
    var isRunning: Bool { process.isRunning }
    var log: String { (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "" }

    /// The exit status. Nil if the daemon still runs at the deadline.
    func exitStatus(before deadline: ContinuousClock.Instant) -> Int32? {
        while process.isRunning {
            guard ContinuousClock.now < deadline else { return nil }
            usleep(5000)
        }
        return process.terminationStatus
    }

    /// The daemon's binary is built into the same directory as the tests.
    private static var binary: URL {
        let bundle = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
        let place = bundle ?? URL(filePath: ProcessInfo.processInfo.arguments[0])
        return place.deletingLastPathComponent().appending(path: "partylined")
    }

    private static func environment(_ settings: [String: String], home: String) -> [String: String] {
        var variables = [
            "HOME": home, "PATH": "/usr/bin:/bin", "PARTYLINE_LOG_LEVEL": "debug",
            "PARTYLINE_WEB_SOCKET_ALLOW_PLAIN_LOOPBACK": "true",
        ]
        for (key, value) in settings { variables[variable(key)] = value }
        return variables
    }

    /// Turns `timers.scaleFrom` into PARTYLINE_TIMERS_SCALE_FROM.
    static func variable(_ key: String) -> String {
        key.reduce(into: "PARTYLINE_") { name, character in
            if character.isUppercase { name += "_" }
            name += character == "." ? "_" : character.uppercased()
        }
    }
}
