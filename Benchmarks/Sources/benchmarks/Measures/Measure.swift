/// One thing that is measured.
protocol Measure {
    /// What `--only` calls it.
    static var name: String { get }
    /// One line about it.
    static var summary: String { get }
    init()
    func tables(_ setting: Setting) throws -> [Table]
}

/// All of them, in the order in which they are run and printed.
enum Measures {
    static var all: [any Measure.Type] {
        [
            FanOutThroughput.self, FanOutLatency.self, StateChange.self, RoundTrip.self, Memory.self, StartUp.self,
            Idle.self, Hostile.self,
        ]
    }

    static var names: [String] { all.map { $0.name } }
}

/// What the command line says of a run.
struct Setting {
    /// The builds of partylined: the one that is asked about first.
    var builds: [DaemonBuild]
    var simulator: String
    /// Where this program itself is.
    var ownPath: String
    var rounds = 5
    /// Nil for what each measure holds to be enough.
    var seconds: Double?
    var subscribers = [1, 10, 100, 1000]
    var sizes = [1024, 8192]
    var systems = Set(SystemName.allCases)
    /// Tells whoever waits how far it is.
    var say: (String) -> Void
}
