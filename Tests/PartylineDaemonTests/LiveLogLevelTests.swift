// SPDX-License-Identifier: Apache-2.0
import Logging
import StreamsProtocol
import Testing

@testable import PartylineDaemon

@Suite("Live log level")
struct LiveLogLevelTests {
    @Test("set returns the previous level", arguments: LogLevel.allCases)
    func levels(_ new: LogLevel) {
        let level = LiveLogLevel(.info)
        #expect(level.set(new) == .info)
        #expect(level.value == new)
        #expect(level.set(new) == new)
        #expect(LiveLogLevel(new).value == new)
        #expect(new.loggerLevel.rawValue == new.rawValue)
    }

    @Test("there are four levels, lowest first")
    func names() {
        #expect(LogLevel.names == ["debug", "info", "warning", "error"])
        #expect(LogLevel.allCases.sorted() == LogLevel.allCases)
    }

    @Test("all handlers share the level, except one with a level of its own")
    func shared() {
        let level = LiveLogLevel(.info)
        let one = StderrLogHandler(level: level, writer: LogWriter(format: LogFormat(isJournal: false)))
        var other = one
        other.logLevel = .error
        level.set(.debug)
        #expect(one.logLevel == .debug)
        #expect(other.logLevel == .error)
        #expect(level.value == .debug)
    }
}
