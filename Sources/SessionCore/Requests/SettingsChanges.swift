// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Clients' changes of settings, one at a time. The service takes a configuration as a whole, so two changes that are based
/// on the same configuration would undo one another.
struct SettingsChanges: Equatable {
    struct Change: Equatable {
        let ticket: ReplyTicket
        let patch: SettingsPatch
    }

    /// The change under way and those that wait.
    static let limit = 64

    /// The first one is under way.
    private(set) var changes: [Change] = []
    /// What was sent to the service; nil while the configuration is being read.
    private(set) var sent: JSON?

    var current: Change? { changes.first }

    /// The request whose change may have been made; nil if there is none.
    var uncertain: ReplyTicket? { sent == nil ? nil : current?.ticket }
    /// The requests whose changes have not been made.
    var certain: [ReplyTicket] { changes.dropFirst(sent == nil ? 0 : 1).map(\.ticket) }

    /// Returns false if there are too many.
    mutating func add(_ change: Change) -> Bool {
        guard changes.count < Self.limit else { return false }
        changes.append(change)
        return true
    }

    mutating func sending(_ configuration: JSON) { sent = configuration }

    /// The current change has ended.
    mutating func end() -> Change? {
        sent = nil
        return changes.isEmpty ? nil : changes.removeFirst()
    }
}
