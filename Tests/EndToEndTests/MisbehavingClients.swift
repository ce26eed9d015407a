// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

/// The misbehaving clients, all of one user.
final class MisbehavingClients {
    static let perl = URL(filePath: "/usr/bin/perl")

    /// Connects and closes in a loop. It is a separate process because the limit counts per process.
    let churner: Program
    private let silentPage: RawSocket
    private let silentSubscriber: RawSocket
    private let trickle: RawSocket
    private let garbage: RawSocket
    private let flood: RawSocket

    init(_ stage: Stage) throws {
        silentPage = try RawSocket(path: stage.socket)
        silentSubscriber = try RawSocket(path: stage.socket)
        trickle = try RawSocket(path: stage.socket)
        for socket in [silentSubscriber, trickle] {
            try socket.write(
                ServerLine.encode(
                    "partyline::request",
                    ["requestId": 1, "method": "subscribe", "params": ["events": ["load::*"]]]))
        }
        garbage = try RawSocket(path: stage.socket)
        flood = try RawSocket(path: stage.socket)
        let script = """
            my $address = sockaddr_un($ARGV[0]);
            while (1) { socket(my $s, PF_UNIX, SOCK_STREAM, 0) and connect($s, $address); close $s; }
            """
        churner = try Program(
            "perl", ["-MSocket", "-e", script, stage.socket], folder: stage.folder, executable: Self.perl)
    }

    deinit { churner.kill(SIGKILL) }

    func act(_ batch: Int) throws {
        trickle.readByte()
        if batch == 2 { try expectBye("bad_lines", at: garbage, for: Self.nonsense, times: 120) }
        if batch == 5 { try expectBye("flood", at: flood, for: Self.question, times: 2000) }
    }

    private func expectBye(_ reason: String, at socket: RawSocket, for line: [UInt8], times: Int) throws {
        _ = socket.push(Array(repeatElement(line, count: times).joined()))
        // It reads nothing before the bye, which has to come within a second.
        let bye = try #require(try socket.line(containing: "partyline::bye"))
        #expect(bye.contains(#""reason":"\#(reason)""#), "\(bye)")
        #expect(try socket.line() == nil)
    }

    /// Checks that the slow clients receive `partyline::lagged` once they read.
    func expectLagged() throws {
        for socket in [silentPage, silentSubscriber, trickle] {
            #expect(try socket.line(containing: "partyline::lagged") != nil)
        }
    }

    private static let nonsense = [UInt8]((1...255).filter { $0 != 0x0A }) + [0x0A]
    private static let question = ServerLine.encode(
        "partyline::request", ["requestId": 1, "method": "getAgent"])
}
