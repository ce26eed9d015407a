// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Names of broadcasts")
struct BroadcastNameTests {
    private static let long = String(repeating: "x", count: 256)
    private static let eight = Array(repeating: "a", count: 8).joined(separator: "::")

    /// The code of the error, nil if the broadcast reaches the other port.
    private func outcome(_ name: String, role: Role) -> String? {
        let harness = ConduitHarness()
        let sender = harness.port(1, role: role)
        let other = harness.port(2)
        _ = harness.read(sender)
        harness.broadcast(sender, name, 1)
        let line = ConduitHarness.text(ServerLine.encode(name, 1))
        let isSent = harness.read(other).contains(line)
        let error = harness.read(sender).compactMap { try? JSON(parsing: Array($0.utf8)) }
            .first { $0["event"]?.string == EventName.error }
        #expect(isSent == (error == nil), "\(name)")
        return error?["data"]?["code"]?.string
    }

    @Test(
        "longer than a pattern may be, or with invisible characters → invalid_params",
        arguments: [
            long + "x", eight + "::a", "contact::connected\0", "contact::connected\u{7F}", "contact::connected\u{9B}",
            "contact::\u{200B}connected", "contact\u{AD}::connected", "a\nb", "\u{202E}a", "a\u{2028}",
            "contact::connected\u{FE0F}", "contact::connected\u{3164}", "contact::connected\u{34F}", "a\u{A0}b", "a ",
            " a",
        ])
    func malformed(name: String) {
        for role in [Role.operator, .admin] { #expect(outcome(name, role: role) == "invalid_params") }
    }

    @Test(
        "a name of the longest form is sent",
        arguments: [long, eight, "contact::shown::" + Array(repeating: "a", count: 50).joined(separator: "::"), "名前 1"])
    func longest(name: String) { #expect(outcome(name, role: .operator) == nil) }

    @Test(
        "an event that only the daemon sends → not_permitted, except for admin",
        arguments: [
            "terminated", "auth_fail", "access_denied", "authorize_success", "authorize_retries_exhausted",
            "cti_authorize_retries_exhausted", "api_metric", "api_proxy_response", "update_connected_ccps",
            "webSocket::connection_lost", "webSocket::connection_error", "webSocket::all_message",
            "agent::websocket_connection_lost", "disasterRecovery::failover", "disasterRecovery::force_offline",
            "disasterRecovery::set_offline", "webSocket::\u{301}connection_lost", "disasterRecovery::\u{301}failover",
        ])
    func daemons(name: String) {
        #expect(outcome(name, role: .operator) == "not_permitted")
        #expect(outcome(name, role: .admin) == nil)
    }

    @Test(
        "a reserved name → not_permitted for every role",
        arguments: ["partyline::x", "partyline::\u{301}x", "acknowledge", "agent::update"])
    func reserved(name: String) {
        for role in [Role.operator, .admin] { #expect(outcome(name, role: role) == "not_permitted") }
    }

    /// Streams 2.28.2, all calls of `conduit.sendUpstream(EventType.BROADCAST, …)`.
    @Test(
        "what pages of Streams broadcast is sent",
        arguments: [
            "mute", "log", "server_bound_internal_log", "client_metric", "softphone_stats", "softphone_report",
            "click_stream_data", "configuration::configure", "configuration::set_speaker_device",
            "configuration::set_microphone_device", "configuration::set_ringer_device",
            "configuration::speaker_device_changed", "configuration::microphone_device_changed",
            "configuration::ringer_device_changed", "configuration::camera_device_changed",
            "configuration::background_blur_changed", "contact::accepted", "contact::accepted::1", "contact::view",
            "contact::screen_sharing_started", "contact::screen_sharing_stopped", "contact::screen_sharing_error",
            "connection::session_init", "agent::local_media_stream_created", "agent::mute_toggle",
            "agent::softphone_error", "voiceId::update_domain_id", "taskList::activate_channel_with_view_type",
            "api_proxy_request",
        ])
    func pages(name: String) { #expect(outcome(name, role: .operator) == nil) }
}
