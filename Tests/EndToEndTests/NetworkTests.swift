// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Proxies, certificates and timeouts.
    @Suite("Connections to the service")
    struct NetworkTests {
        @Test("HTTPS_PROXY is used for calls and for the websocket, with its password, which is never logged")
        func proxy() throws {
            let stage = try Stage()
            try stage.startSimulator()
            // user:hunter2 in Base64.
            let proxy = try ConnectProxy(authorization: "Basic dXNlcjpodW50ZXIy")
            try stage.startDaemon(environment: ["HTTPS_PROXY": "http://user:hunter2@127.0.0.1:\(proxy.port)"])
            let port = try stage.readyClient()
            let targets = Set(proxy.heads.compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) })
            let websocket = try stage.webSocketAuthority
            #expect(targets == [stage.base.replacingOccurrences(of: "https://", with: ""), websocket])
            #expect(!stage.daemonLog.contains("hunter2"))
            #expect(try !port.connection.request("getStatus").text.contains("hunter2"))
        }

        @Test("NO_PROXY excludes hosts; the configuration takes precedence over the environment")
        func exceptions() throws {
            let stage = try Stage()
            try stage.startSimulator()
            let proxy = try ConnectProxy()
            try stage.startDaemon(environment: [
                "HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)", "NO_PROXY": "example.com,127.0.0.1",
            ])
            _ = try stage.readyClient()
            #expect(proxy.heads.isEmpty)

            let other = try Stage()
            try other.startSimulator()
            try other.startDaemon(environment: [
                "HTTPS_PROXY": "http://127.0.0.1:1", "PARTYLINE_PROXY_HTTPS": "http://127.0.0.1:\(proxy.port)",
            ])
            _ = try other.readyClient()
            #expect(proxy.heads.count >= 2)
        }

        @Test("a refusing proxy → no sign-in, the status has the reason")
        func refusingProxy() throws {
            let stage = try Stage()
            try stage.startSimulator()
            let proxy = try ConnectProxy(authorization: "Basic other")
            try stage.startDaemon(environment: ["HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)"])
            let port = try stage.client()
            try eventually("the status has the error") {
                try port.connection.request("getStatus")["auth"]?["lastError"]?.string?.isEmpty == false
            }
            #expect(try port.connection.request("getStatus")["auth"]?["state"] != "signed_in")
        }

        @Test("an untrusted certificate → no request is sent")
        func untrusted() throws {
            let stage = try Stage()
            try stage.startSimulator()
            let other = try Stage()
            try other.startSimulator()
            try stage.startDaemon(environment: ["PARTYLINE_TLS_TRUST_ROOTS": "\(other.folder)/ca.pem"])
            let port = try stage.client()
            try eventually("the status has the error") {
                try port.connection.request("getStatus")["auth"]?["lastError"]?.string?.contains(
                    "certificate is not trusted") == true
            }
            #expect(try stage.count(of: "authorize") == 0)
        }

        @Test(
            "one connection serves many calls; with keepAlive 0 each call has its own",
            arguments: [
                ("60000", true), ("0", false),
            ])
        func keepAlive(_ milliseconds: String, _ isKept: Bool) throws {
            let stage = try Stage()
            try stage.startSimulator()
            let proxy = try ConnectProxy()
            try stage.startDaemon(environment: [
                "HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)", "PARTYLINE_HTTP_KEEP_ALIVE": milliseconds,
            ])
            let port = try stage.readyClient()
            let before = proxy.heads.count
            for _ in 0..<20 { _ = try port.connection.call("getAgentStates") }
            let opened = proxy.heads.count - before
            // Polls continue meanwhile, and need a few more connections.
            #expect(isKept ? opened <= 6 : opened >= 20, "\(opened) connections for 20 calls")
        }

        @Test("a host that accepts and sends nothing → an error after the connect timeout")
        func connectTimeout() throws {
            let stage = try Stage()
            let silent = try SilentListener()
            try "# Netscape HTTP Cookie File\n".write(toFile: stage.cookies, atomically: true, encoding: .utf8)
            try stage.startDaemon(environment: [
                "PARTYLINE_SESSION_BASE_URL": "https://127.0.0.1:\(silent.port)",
                "PARTYLINE_HTTP_CONNECT_TIMEOUT": "200", "PARTYLINE_TLS_TRUST_ROOTS": "",
            ])
            let port = try stage.client()
            // The request's own timeout is 15 s: an earlier failure is the connect timeout.
            try eventually("the status has the error", seconds: 8) {
                try port.connection.request("getStatus")["auth"]?["lastError"]?.string?.isEmpty == false
            }
        }

        @Test("no answer within the read timeout → the call fails with NetworkingError")
        func readTimeout() throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: ["PARTYLINE_HTTP_READ_TIMEOUT": "300"])
            let port = try stage.readyClient()
            try stage.control("/faults", ["operation": "AcceptContact", "delaySeconds": 5, "times": -1])
            let failure = #expect(throws: CallFailure.self) {
                try port.connection.call("acceptContact", ["contactId": "c"])
            }
            #expect(failure?.type == "NetworkingError")
        }
    }
}
