import ConduitCore
import Testing

@testable import PartylineDaemon

@Suite("Configured limits and state")
struct LimitConfigurationTests {
    @Test("without anything the cores' own limits hold")
    func defaults() async throws {
        let configuration = try await ConfigurationFixture.load("")
        #expect(
            configuration.conduit(epoch: "e", ownUid: 7) == ConduitSettings(epoch: "e", access: AccessRules(ownUid: 7)))
    }

    @Test("every limit of the file reaches the setting that it names, and no other")
    func limits() async throws {
        let setters: [(String, WritableKeyPath<ConduitSettings, Int>)] = [
            ("limits.lineBytes", \.lineLimit), ("limits.badLines", \.badLineLimit),
            ("limits.eventLogBytes", \.logBytes), ("limits.eventLogLines", \.logLines),
            ("limits.supersededBytes", \.supersededBytes), ("limits.replyBytes", \.ledger.portBytes),
            ("limits.programReplyBytes", \.ledger.programBytes),
            ("limits.programRequests", \.ledger.programRequests),
            ("limits.uidReplyBytes", \.ledger.uidBytes), ("limits.requests", \.ledger.portRequests),
            ("limits.uidRequests", \.ledger.uidRequests), ("limits.uidPorts", \.ledger.uidPorts),
            ("limits.programPorts", \.ledger.programPorts), ("limits.requestsPerSecond", \.requestsPerSecond),
            ("limits.requestBurst", \.requestBurst),
        ]
        #expect(setters.map(\.0).sorted() == ConfigurationKeys.limits.map(\.path).sorted())
        for (path, setting) in setters {
            let key = try #require(ConfigurationKeys.limits.first { $0.path == path })
            guard case .integer(let range) = key.kind else {
                Issue.record("\(path) is no number")
                continue
            }
            var expected = ConduitSettings(epoch: "e", access: AccessRules(ownUid: 7))
            for value in [range.lowerBound, range.upperBound] {
                let configuration = try await ConfigurationFixture.load("") { $0.settings = ["\(path)=\(value)"] }
                expected[keyPath: setting] = value
                #expect(configuration.conduit(epoch: "e", ownUid: 7) == expected, "\(path)")
            }
        }
    }

    @Test("where the state is, how much of it is kept, and that it can be turned off")
    func state() async throws {
        let state = try await ConfigurationFixture.load("").state
        #expect(state.isKept && state.directory == nil && state.segmentBytes == 8 << 20)
        let other = try await ConfigurationFixture.load("state: {directory: /named, bytes: 65536, keep: off}").state
        #expect(!other.isKept && other.directory == "/named" && other.segmentBytes == 65_536)
    }
}
