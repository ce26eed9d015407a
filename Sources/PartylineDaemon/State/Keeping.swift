import ConduitCore
import Logging
import StreamsProtocol

/// What is kept for a restart: where, and what was found there.
struct Keeping {
    /// Nil if nothing is kept.
    var journal: StateJournal?
    /// What a former run left; nil if there was none.
    var state: KeptState?
    /// By what; it holds as long as the journal is on.
    var keeper = DaemonStatus.Keeping.Keeper.none
    /// Where that is, for people.
    var name: String?

    /// As `getStatus` shows it.
    var status: DaemonStatus.Keeping { .init(kept: journal?.isOn == true ? keeper : .none, place: name) }

    /// Finds the place and what is there. Whatever is wrong with it is a line in the journal, and the daemon runs without.
    static func open(_ configuration: DaemonConfiguration, ownsSocket: Bool, _ logger: Logger) -> Keeping {
        let report: (StateProblem) -> Void = { logger.warning("\($0.message)", metadata: ["hint": "\($0.hint)"]) }
        let settings = configuration.settings
        let search = StatePlace.Search(
            directory: settings.state.directory, socketPath: configuration.socketPath, ownsSocket: ownsSocket,
            environment: configuration.origin.environment)
        do throws(StateProblem) {
            guard let place = try StatePlace.find(search) else { return Keeping() }
            guard settings.state.isKept else {
                // What a former run left would be taken up by a later one, which knows nothing of what happens now.
                for segment in place.segments { segment.empty() }
                return Keeping()
            }
            let (journal, state) = try StateJournal.open(
                place, segmentBytes: settings.conduit.segmentBytes, report: report)
            return Keeping(
                journal: journal, state: state, keeper: place.isMemory ? .systemd : .files, name: place.name)
        } catch {
            report(error)
            return Keeping()
        }
    }
}
