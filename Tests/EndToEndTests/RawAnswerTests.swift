// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Answers that no service should send: the call fails, and the daemon continues.
    @Suite("Malformed answers of the service")
    struct RawAnswerTests {
        private static let ok = "HTTP/1.1 200 OK\r\n"
        private static let gzip = "Content-Encoding: gzip\r\n"
        /// `{}`, compressed.
        private static let compressed: [UInt8] = [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xAB, 0xAE, 5, 0, 0x43, 0xBF, 0xA6, 0xA3, 2, 0, 0, 0,
        ]

        private static func compressed(_ head: String, _ body: [UInt8]) -> RawService.Answer {
            RawService.Answer(Array("\(head)\(gzip)Content-Length: \(body.count)\r\n\r\n".utf8) + body)
        }

        static let answers: [(String, RawService.Answer)] =
            [
                "000", "001", "042", "099", "100", "101", "102", "103", "199", "204", "304", "600", "999", "1000", "-1",
                "2x0",
            ]
            .map { ("status \($0)", .init("HTTP/1.1 \($0) Text\r\nContent-Length: 2\r\n\r\n{}")) }
            + [
                ("nothing", .init("", closes: true)),
                ("half of a status line", .init("HTTP/1.1 20", closes: true)),
                ("half of a head", .init("\(ok)Content-Length", closes: true)),
                ("half of a body", .init("\(ok)Content-Length: 5\r\n\r\n{}", closes: true)),
                ("no length", .init("\(ok)\r\n{}", closes: true)),
                ("HTTP/1.0", .init("HTTP/1.0 200 OK\r\n\r\n{}", closes: true)),
                ("HTTP/0.9", .init("{}", closes: true)),
                ("HTTP/3.7", .init("HTTP/3.7 200 OK\r\nContent-Length: 2\r\n\r\n{}", closes: true)),
                ("HTTP/2", .init([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100], closes: true)),
                ("TLS", .init([0x15, 3, 3, 0, 2, 2, 40], closes: true)),
                ("zeros", .init([UInt8](repeating: 0, count: 4096), closes: true)),
                ("negative length", .init("\(ok)Content-Length: -1\r\n\r\n")),
                ("huge length", .init("\(ok)Content-Length: 99999999999999999999\r\n\r\n")),
                ("two lengths", .init("\(ok)Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}")),
                (
                    "length and chunks",
                    .init("\(ok)Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
                ),
                ("bad chunk size", .init("\(ok)Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n")),
                ("huge chunk", .init("\(ok)Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}")),
                ("no last chunk", .init("\(ok)Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", closes: true)),
                ("trailers", .init("\(ok)Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nA: b\r\nA: c\r\n\r\n")),
                ("a NUL in a header", .init("\(ok)A: \0\r\nContent-Length: 2\r\n\r\n{}")),
                ("a folded header", .init("\(ok)A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}")),
                ("a long header", .init("\(ok)A: \(String(repeating: "x", count: 200_000))\r\n\r\n{}", closes: true)),
                (
                    "many headers",
                    .init("\(ok)\(String(repeating: "A: b\r\n", count: 20_000))Content-Length: 2\r\n\r\n{}")
                ),
                ("two responses", .init(String(repeating: "\(ok)Content-Length: 2\r\n\r\n{}", count: 2))),
                (
                    "a thousand informational heads",
                    .init(
                        String(repeating: "HTTP/1.1 103 Hints\r\nA: b\r\n\r\n", count: 1000) + "\(ok)\r\n", closes: true
                    )
                ),
                (
                    "an informational head that is compressed",
                    .init(
                        Array("HTTP/1.1 103 Hints\r\n\(gzip)\r\n".utf8)
                            + compressed(ok, compressed).bytes)
                ),
                ("gzip", compressed(ok, compressed)),
                ("half of gzip", compressed(ok, Array(compressed.prefix(12)))),
                ("gzip and more", compressed(ok, compressed + compressed)),
                ("gzip that is none", compressed(ok, [1, 2, 3])),
                ("empty gzip", compressed(ok, [])),
                ("gzip of status 000", compressed("HTTP/1.1 000 Text\r\n", compressed)),
                (
                    "upgrade",
                    .init("HTTP/1.1 101 Upgrade\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\u{1}\u{2}")
                ),
            ]

        /// The answers that are good after all.
        private static let accepted: Set = [
            "status 204", "no length", "HTTP/1.0", "trailers", "two responses", "a thousand informational heads",
            "an informational head that is compressed", "gzip",
        ]

        @Test("any answer to a call → the call fails or is accepted, the daemon continues")
        func calls() throws {
            let stage = try Stage()
            let service = try RawService { _ in nil }
            defer { service.stop() }
            try stage.startDaemonWithoutSession(["PARTYLINE_HTTP_READ_TIMEOUT": "400"])
            let port = try stage.client()
            try Self.configure(port, service)
            for (name, answer) in Self.answers {
                service.change { _ in answer }
                let before = Self.accepts(service)
                let outcome = Result { try port.connection.call("acceptContact", ["contactId": "c"]) }
                #expect(Self.accepts(service) > before, "\(name): \(outcome)")
                let isAccepted = (try? outcome.get()) != nil
                #expect(isAccepted == Self.accepted.contains(name), "\(name): \(outcome)")
                try Self.expectAlive(port, stage, name)
            }
        }

        @Test("any answer to a websocket's handshake, and any frame → another attempt, the daemon continues")
        func handshakes() throws {
            let stage = try Stage()
            let service = try RawService { _ in nil }
            defer { service.stop() }
            try stage.startDaemonWithoutSession([
                "PARTYLINE_HTTP_READ_TIMEOUT": "400", "PARTYLINE_WEB_SOCKET_ALLOW_PLAIN_LOOPBACK": "true",
                "PARTYLINE_TIMERS_WEB_SOCKET_RETRY_BASE": "10",
            ])
            let port = try stage.client()
            let transport =
                #"{"webSocketTransport":{"url":"ws://127.0.0.1:\#(service.port)/ws","transportLifeTimeInSeconds":3600}}"#
            for (name, answer) in Self.answers {
                service.change { $0.hasPrefix("GET") ? answer : .json(transport) }
                let before = service.requests.count { $0.hasPrefix("GET") }
                try Self.configure(port, service)
                try eventually("\(name): an attempt; the daemon: \(stage.daemonLog.suffix(2000))") {
                    service.requests.count { $0.hasPrefix("GET") } > before
                }
                try Self.expectAlive(port, stage, name)
                try port.connection.send("terminate")
            }
        }

        private static func accepts(_ service: RawService) -> Int {
            service.requests.count { $0.contains("AcceptContact") }
        }

        private static func expectAlive(_ port: Client, _ stage: Stage, _ name: String) throws {
            let status = Result { try port.connection.request("getStatus") }
            guard case .failure(let error) = status else { return }
            try #require(Bool(false), "\(name): \(error); the daemon's log: \(stage.daemonLog.suffix(2000))")
        }

        private static func configure(_ port: Client, _ service: RawService) throws {
            let root = "http://127.0.0.1:\(service.port)"
            try port.connection.send(
                "configure",
                [
                    "authToken": .string(UUID().uuidString), "authTokenExpiration": "2100-01-01T00:00:00.000Z",
                    "region": "us-west-2",
                    "endpoint": .string("\(root)/connect/api"), "agentAppEndpoint": .string("\(root)/agent-app/api"),
                    "authCookieName": "c",
                ])
        }
    }
}
