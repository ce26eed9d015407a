// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Changes of settings by their names. The daemon reads the configuration, merges the patch, writes the whole, and fetches
/// the configuration again for everyone.
extension Session {
    mutating func changeSettings(_ ticket: ReplyTicket, _ patch: JSONObject) {
        if let error = requestRejection { return reply(ticket, error) }
        do throws(ProtocolError) {
            let change = SettingsChanges.Change(ticket: ticket, patch: try SettingsPatch(patch))
            guard settingsChanges.add(change) else {
                throw ProtocolError(
                    .tooMany, "\(SettingsChanges.limit) changes of settings wait already",
                    hint: "wait a moment, then try again", retryable: true)
            }
        } catch {
            return reply(ticket, error)
        }
        if settingsChanges.changes.count == 1 { readConfiguration() }
    }

    private mutating func readConfiguration() {
        // Not the configuration of the last round: another program may have changed a setting since.
        send(.getAgentConfiguration, [:], for: .settings)
    }

    mutating func settingsCallEnded(_ result: CallResult) {
        guard settingsChanges.current != nil else { return }
        settingsChanges.sent == nil ? configurationRead(result) : configurationWritten(result)
    }

    private mutating func configurationRead(_ result: CallResult) {
        let what = "the setting was not changed, because the present ones could not be read"
        guard case .success(let value, _) = result else {
            let error = result.error ?? ServiceError(type: "UnknownError", message: nil)
            return endChange(
                .failure(requestError(what, error, of: .getAgentConfiguration, refusal: .unavailable)))
        }
        guard let configuration = value["configuration"], configuration.object != nil else {
            return endChange(
                .failure(ProtocolError(.unavailable, "\(what): the answer has no configuration", retryable: true)))
        }
        write(configuration)
    }

    private mutating func write(_ configuration: JSON) {
        guard let credentials, let change = settingsChanges.current else { return }
        do throws(ServiceError) {
            let params = try ParameterMapping.configuration.apply([
                "configuration": change.patch.applied(to: configuration)
            ])
            let request = try ServiceCall.make(
                .updateAgentConfiguration, params, credentials, timeout: settings.timers.callTimeout)
            settingsChanges.sending(params["configuration"] ?? .null)
            begin(request, for: .service(.updateAgentConfiguration, .settings))
        } catch {
            // The patch fits the service's model, so it is the configuration that does not.
            let reason = "the setting was not changed: Amazon Connect's own configuration is incomplete"
            endChange(.failure(ProtocolError(.unavailable, "\(reason): \(error.message ?? error.type)")))
        }
    }

    private mutating func configurationWritten(_ result: CallResult) {
        guard let error = result.error else {
            let sent = settingsChanges.sent ?? .null
            beginConfigurationRound()
            return endChange(.success(["configuration": sent]))
        }
        let failure = requestError(
            "Amazon Connect did not take the setting", error, of: .updateAgentConfiguration, refusal: .invalidParams)
        endChange(.failure(failure.code == .unavailable ? failure.withDoubt : failure))
    }

    private mutating func endChange(_ result: Result<JSON, ProtocolError>) {
        guard let change = settingsChanges.end() else { return }
        actions.append(.reply(change.ticket, result))
        if settingsChanges.current != nil { readConfiguration() }
    }
}
