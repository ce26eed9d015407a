// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import ConduitCore
@testable import PartylineDaemon

@Suite("Configured limits and state")
struct LimitConfigurationTests {
    @Test("no configuration → the limits of ConduitCore")
    func defaults() async throws {
        let configuration = try await ConfigurationFixture.load("")
        var settings = configuration.conduit(epoch: "e", ownUid: 7)
        settings.operations = []
        #expect(settings == ConduitSettings(epoch: "e", access: AccessRules(ownUid: 7)))
    }

    @Test("every limit of the ledger is named after its configuration key")
    func names() {
        // The limit on open files is systemd's key.
        let keys = Set(LedgerLimit.allCases.map(\.rawValue)).subtracting([LedgerLimit.ports.rawValue])
        #expect(keys.isSubset(of: ConfigurationKeys.limits.map(\.path)))
    }

    @Test("state.directory, state.bytes and state.keep are read")
    func state() async throws {
        let settings = try await ConfigurationFixture.load("").settings
        #expect(settings.state == DaemonSettings.State() && settings.conduit.segmentBytes == 8 << 20)
        let text = "state: {directory: /named, bytes: 65536, keep: off}"
        let other = try await ConfigurationFixture.load(text).settings
        #expect(other.state == DaemonSettings.State(isKept: false, directory: "/named"))
        #expect(other.conduit.segmentBytes == 65_536)
    }
}
