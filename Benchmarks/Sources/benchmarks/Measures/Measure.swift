// SPDX-License-Identifier: Apache-2.0
protocol Measure {
    /// The value for `--only`.
    static var name: String { get }
    /// One line for `--list`.
    static var summary: String { get }
    init()
    func tables(_ setting: Setting) throws -> [Table]
}

/// All measures, in the order in which they are run and printed.
enum Measures {
    static var all: [any Measure.Type] {
        [
            FanOutThroughput.self, FanOutLatency.self, StateChange.self, RoundTrip.self, Memory.self, StartUp.self,
            Idle.self, Hostile.self,
        ]
    }

    static var names: [String] { all.map { $0.name } }
}

/// The options of a run.
struct Setting {
    /// The builds of partylined; the first is the one of `--daemon`.
    var builds: [DaemonBuild]
    /// Path of connect-simulator.
    var simulator: String
    /// Path of this program.
    var ownPath: String
    var rounds = 5
    /// Seconds of each run; nil: the measure's default.
    var seconds: Double?
    var subscribers = [1, 10, 100, 1000]
    var sizes = [1024, 8192]
    var systems = Set(SystemName.allCases)
    /// Reports progress on standard error.
    var log: (String) -> Void
}
