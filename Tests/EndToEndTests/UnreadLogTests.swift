// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    @Suite("A log that is not read")
    struct UnreadLogTests {
        @Test(
            "standard error is a full pipe → clients are served, the status has the lost lines, SIGTERM ends the daemon"
        )
        func pipe() throws {
            let stage = try Stage()
            let pipe = "\(stage.folder)/log"
            try #require(mkfifo(pipe, 0o600) == 0)
            let reader = open(pipe, O_RDWR)
            defer { close(reader) }
            let settings = ["PARTYLINE_SESSION_SOURCE": "configure", "PARTYLINE_LIMITS_REQUEST_BURST": "100000"]
            let daemon = try Program(
                "partylined",
                ["-c", #"exec "$0" --socket "$1" 2> "$2""#, Program.binary("partylined").path, stage.socket, pipe],
                environment: settings, folder: stage.folder, executable: URL(filePath: "/bin/sh"))
            defer { daemon.kill(SIGKILL) }
            try stage.waitForSocket()

            // Each call is a line of the log. The answers show that the daemon continues.
            let port = try stage.client()
            for _ in 0..<5_000 {
                let failure = #expect(throws: (any Error).self) { try port.connection.call("clearContact") }
                guard failure is CallFailure else { throw failure ?? CancellationError() }
            }
            let status = try DaemonStatus(try stage.client().connection.request("getStatus"))
            #expect(status.daemon.lostLogLines > 500)
            daemon.kill(SIGTERM)
            #expect(try daemon.end() == 0)
        }
    }
}
