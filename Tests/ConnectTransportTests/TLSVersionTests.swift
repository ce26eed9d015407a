// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import NIOSSL
import Testing

@testable import ConnectSimulator
@testable import SessionCore

@Suite("TLS versions that the service may offer")
struct TLSVersionTests {
    private static func outcome(atMost version: TLSVersion) async throws -> HTTPOutcome {
        let material = try TLSMaterial()
        let authority = FileManager.default.temporaryDirectory.appending(path: "ca-\(UUID().uuidString).pem")
        try Data(material.authorityPEM.utf8).write(to: authority)
        defer { try? FileManager.default.removeItem(at: authority) }
        var tls = material.serverConfiguration
        (tls.minimumTLSVersion, tls.maximumTLSVersion) = (.tlsv1, version)
        return try await TransportStage.outcome(
            of: TransportStage.response("200 OK", "{}"), tls: tls, trustRoots: authority.path())
    }

    @Test("1.0 and 1.1 → refused before anything is sent", arguments: [TLSVersion.tlsv1, .tlsv11])
    func old(version: TLSVersion) async throws {
        guard case .failure(let reason) = try await Self.outcome(atMost: version) else {
            Issue.record("the service answered")
            return
        }
        #expect(reason.hasSuffix("it does not offer TLS 1.2 or later"))
    }

    @Test("1.2 and 1.3 → used", arguments: [TLSVersion.tlsv12, .tlsv13])
    func new(version: TLSVersion) async throws {
        guard case .response(let response) = try await Self.outcome(atMost: version) else {
            Issue.record("no response")
            return
        }
        #expect(response.status == 200)
    }
}

@Suite("Long answers")
struct LongAnswerTests {
    @Test(
        "a success above 1 MiB is parsed before the session gets it; a shorter one, or an error, is not",
        arguments: [("200 OK", 1 << 20, true), ("200 OK", 1000, false), ("500 Oops", 1 << 20, false)])
    func parsed(status: String, size: Int, isParsed: Bool) async throws {
        let body = #"{"a":""# + String(repeating: "x", count: size) + #""}"#
        guard
            case .response(let response) = try await TransportStage.outcome(
                of: TransportStage.response(status, body))
        else {
            Issue.record("no response")
            return
        }
        #expect(response.body.count == body.utf8.count)
        #expect((response.parsed != nil) == isParsed)
        if isParsed { #expect(try response.parsed?.get()["a"]?.string?.utf8.count == size) }
    }
}
