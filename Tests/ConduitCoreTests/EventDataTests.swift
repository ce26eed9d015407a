// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import ConduitCore

@Suite("Data of client events")
struct EventDataTests {
    private static let withObject = [
        "disasterRecovery::suppress", "disasterRecovery::force_offline", "disasterRecovery::init_dr_polling", "tab_id",
    ]
    private static let withList = ["send_logs", "webSocket::subscribe"]

    @Test(
        "an object is needed → invalid_params, and nothing is done", arguments: withObject,
        [
            "1", "null", #""a""#, "[]", "true", nil,
        ])
    func objects(event: String, data: String?) { expectRefusal(event, data, "an object") }

    @Test(
        "a list is needed → invalid_params, and nothing is done", arguments: withList,
        [
            "1", "null", #""a""#, "{}", "true", nil,
        ])
    func lists(event: String, data: String?) { expectRefusal(event, data, "a list") }

    private func expectRefusal(_ event: String, _ data: String?, _ kind: String) {
        let harness = ConduitHarness()
        let port = harness.port(1)
        harness.forget()
        harness.send(port, #"{"event":"\#(event)"\#(data.map { #","data":\#($0)"# } ?? "")}"#)
        #expect(harness.read(port) == [errorLine("invalid_params", "the data of \(event) has to be \(kind)")])
        #expect(harness.asked.isEmpty && harness.journal.isEmpty)
    }
}
