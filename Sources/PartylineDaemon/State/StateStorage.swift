// SPDX-License-Identifier: Apache-2.0
import ConduitCore
import Logging
import StreamsProtocol

/// The storage of the state that survives a restart, and what was found there.
struct StateStorage {
    /// Nil if the state is not stored.
    var journal: StateJournal?
    /// The state of an earlier run; nil if there is none.
    var state: KeptState?
    /// Valid while the journal is on.
    var kind = DaemonStatus.Storage.Kind.none
    /// The place, for messages.
    var name: String?
    /// The folder of its files; nil for systemd's store.
    var folder: String?

    /// For `getStatus`.
    var status: DaemonStatus.Storage {
        switch journal?.condition {
        case .on where kind == .files && journal?.isRemoved == true:
            .init(kept: .none, place: name, problem: "its files were removed; a restart makes new ones", folder: folder)
        case .on: .init(kept: kind, place: name, folder: folder)
        case .suspended(let problem): .init(kept: .none, place: name, problem: problem.message, folder: folder)
        case .off, nil: .init(kept: .none, place: name, folder: folder)
        }
    }

    /// Finds the place and reads the state. A problem is logged, and the daemon runs without storage.
    static func open(_ configuration: DaemonConfiguration, ownsSocket: Bool, _ logger: Logger) -> StateStorage {
        let report: (StateProblem) -> Void = { logger.warning("\($0.message)", metadata: ["hint": "\($0.hint)"]) }
        let settings = configuration.settings
        let search = StatePlace.Search(
            directory: settings.state.directory, socketPath: configuration.socketPath, ownsSocket: ownsSocket,
            environment: configuration.origin.environment)
        do throws(StateProblem) {
            guard let place = try StatePlace.find(search) else { return StateStorage() }
            guard settings.state.isKept else {
                // Otherwise a later run would resume from the state of an earlier one, without the events of this run.
                for segment in place.segments { segment.empty() }
                return StateStorage()
            }
            let (journal, state) = try StateJournal.open(
                place, segmentBytes: settings.conduit.segmentBytes, report: report)
            return StateStorage(
                journal: journal, state: state, kind: place.isMemory ? .systemd : .files, name: place.name,
                folder: place.isMemory ? nil : place.segments.first.map { SocketPath.folder(of: $0.name) })
        } catch {
            report(error)
            return StateStorage()
        }
    }
}
