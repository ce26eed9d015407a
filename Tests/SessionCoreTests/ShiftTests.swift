// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

/// A service in virtual time whose tokens live for an hour.
private final class HourlyService {
    let harness = SessionHarness(source: .authorize(Fixture.instance))
    var hasNetwork = true
    /// By token: when it ends, in milliseconds of virtual time.
    private var ends: [String: Int64] = [:]
    /// When each long poll is answered.
    private var polls: [CallID: Int64] = [:]
    private(set) var authorizations: [Int64] = []
    private static let hour: Int64 = 3_600_000

    /// Answers what is due. A long poll is held for half a minute.
    func answer() {
        while let (id, call) = harness.calls.first(where: { isDue($0.id, $0.call) }) {
            harness.drop(id)
            harness.handle(.http(id, outcome(id, call)))
        }
    }

    private func isDue(_ id: CallID, _ call: HTTPCall) -> Bool {
        guard hasNetwork, call.purpose == "GetAgentSnapshot", isValid(call) || polls[id] != nil else { return true }
        let due = polls[id] ?? harness.uptime + 30_000
        polls[id] = due
        return due <= harness.uptime
    }

    private func isValid(_ call: HTTPCall) -> Bool {
        let token = call.headers.first { $0.name == "X-Amz-Bearer" }?.value.reveal() ?? ""
        return ends[token].map { $0 > harness.uptime } ?? false
    }

    private func outcome(_ id: CallID, _ call: HTTPCall) -> HTTPOutcome {
        guard hasNetwork else { return .failure("network is unreachable") }
        if call.purpose == "authorize" { return .response(status: 200, reason: "", body: Array(authorize().utf8)) }
        guard isValid(call) || polls.removeValue(forKey: id) != nil else {
            return .response(status: 401, reason: "", body: [])
        }
        let body =
            switch call.purpose {
            case "GetAgentSnapshot": Fixture.snapshot
            case "GetAgentConfiguration": Fixture.configuration
            case "CreateTransport": Fixture.transport()
            default: Fixture.lists[call.purpose] ?? "{}"
            }
        return .response(status: 200, reason: "", body: Array(body.utf8))
    }

    private func authorize() -> String {
        let end = harness.uptime + Self.hour
        authorizations.append(harness.uptime)
        ends["t\(authorizations.count)"] = end
        return #"{"accessToken":"t\#(authorizations.count)","expiration":\#(SessionHarness.epoch + end)}"#
    }

    /// The machine runs for this long.
    func run(_ milliseconds: Int64, each second: () -> Void = {}) {
        let end = harness.uptime + milliseconds
        while harness.uptime < end {
            answer()
            second()
            answer()
            harness.advance(1000)
        }
    }
}

@Suite("A shift of ten hours")
struct ShiftTests {
    @Test(
        "hourly tokens, a night asleep and an hour without network → no call fails while there is a network, and no sign-in is required"
    )
    func shift() throws {
        let service = HourlyService()
        let harness = service.harness
        var number: UInt64 = 0
        let call = {
            guard harness.uptime / 1000 % 60 == 0 else { return }
            number += 1
            harness.handle(.call(.call(number), method: "getAgentStates", params: [:], deadline: 30_000))
        }
        harness.handle(.start)
        service.run(10_000)
        service.run(5 * 3_600_000, each: call)
        service.hasNetwork = false
        service.run(3_600_000)
        service.hasNetwork = true
        // The daemon does not know at once that there is a network again.
        service.run(15_000)
        service.run(3_600_000, each: call)
        harness.sleep(12 * 3_600_000)
        service.run(3 * 3_600_000, each: call)

        let outcomes = harness.recorded.compactMap { if case .answer(_, let outcome) = $0 { outcome } else { nil } }
        #expect(number == 540 && outcomes.count == Int(number))
        #expect(outcomes.allSatisfy { if case .success = $0 { true } else { false } })
        #expect(!harness.events.contains { $0.hasPrefix("auth") || $0.hasPrefix("access") || $0.hasPrefix("cti") })
        #expect(!harness.auths.contains { [.refused, .required].contains($0.state) })
        // Twice an hour, once after the network's return, and once after waking.
        #expect((16...20).contains(service.authorizations.count))
        #expect(harness.status.auth.state == .signedIn)
    }
}
