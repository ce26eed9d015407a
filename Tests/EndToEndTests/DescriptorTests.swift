// SPDX-License-Identifier: Apache-2.0
import ConnectStreams
import Foundation
import Testing

extension EndToEnd {
    @Suite("No descriptors left")
    struct DescriptorTests {
        private func limit(_ pid: Int32, to limit: String) throws {
            let change = try Process.run(
                URL(filePath: "/usr/bin/prlimit"), arguments: ["--pid", "\(pid)", "--nofile=\(limit):"])
            change.waitUntilExit()
            try #require(change.terminationStatus == 0)
        }

        @Test("connections wait, the log says so once, and they are served when there are descriptors again")
        func full() throws {
            let stage = try Stage()
            try stage.startBoth()
            let served = try stage.readyClient()
            let daemon = try #require(stage.daemon)
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.pid)/fd")
            let free = try #require((0..<1024).first { !open.contains("\($0)") })
            try limit(daemon.pid, to: "\(free + 1)")

            let waiting = try (0..<10).map { _ in try LineConnection(path: stage.socket) }
            let message = "no connection can be accepted: Too many open files"
            try eventually("the log says so") { stage.daemonLog.contains(message) }
            _ = try served.connection.request("getStatus")

            try limit(daemon.pid, to: "1024")
            for connection in waiting { _ = try connection.welcome() }
            #expect(stage.daemonLog.components(separatedBy: message).count == 2)
        }
    }
}
