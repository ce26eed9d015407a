import Logging
import Testing

@testable import PartylineDaemon

@Suite("Live log level")
struct LiveLogLevelTests {
    @Test("a level is set by name; one that does not exist leaves the old one", arguments: LiveLogLevel.names)
    func names(_ name: String) {
        let level = LiveLogLevel(.info)
        #expect(level.set(name))
        #expect(level.value.rawValue == name)
        #expect(!level.set("loud") && !level.set("") && !level.set("trace"))
        #expect(level.value.rawValue == name)
        #expect(LiveLogLevel(name: name).value.rawValue == name)
    }

    @Test("a name that nobody knows is info at the start")
    func unknown() { #expect(LiveLogLevel(name: "loud").value == .info) }

    @Test("all handlers share it, but for one that was given a level of its own")
    func shared() {
        let level = LiveLogLevel(.info)
        let one = StderrLogHandler(level: level, isJournal: false)
        var other = one
        other.logLevel = .error
        #expect(level.set("debug"))
        #expect(one.logLevel == .debug)
        #expect(other.logLevel == .error)
        #expect(level.value == .debug)
    }
}
