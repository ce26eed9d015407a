import NIOCore
import StreamsProtocol
import Testing

@testable import ConduitCore
@testable import LocalServer

@Suite("The bytes of the log's lines")
struct LineStoreTests {
    private func line(_ position: LogPosition) -> LineBody { LineBody(of: Array("{line \(position)}\n".utf8)) }

    /// What is written of these lines; each of them only once, so that nothing is remembered.
    private func text(_ store: inout LineStore, _ positions: [LogPosition], _ serial: UInt64) -> String {
        let run = OutgoingRun(serial: serial, positions: positions, isClocked: false)
        return String(buffer: store.buffer(of: run) { _ in nil })
    }

    @Test("lines that are let go of in the middle leave no room behind, however long the oldest stays")
    func holes() {
        var store = LineStore()
        store.append(5, line(5))
        var position: LogPosition = 5
        for round in 1...1000 as ClosedRange<UInt64> {
            for _ in 0..<100 {
                position += 1
                store.append(position, line(position))
            }
            // The newest of them stays, as an agent does, until the next one.
            store.forget(Array((position - 100)..<position).filter { $0 != 5 })
            #expect(text(&store, [5, position], round) == "{line 5}\n{line \(position)}\n")
            #expect(text(&store, [position - 1, 4, position + 1], 10_000 + round) == "")
        }
        #expect(store.places < 4096)
        store.forget([5, position, 5, 17])
        #expect(store.places == 0)
        store.append(position + 10, line(1))
        #expect(text(&store, [position + 10], 0) == "{line 1}\n")
    }

    @Test("what a former run of the daemon left has gaps, and is found")
    func gaps() {
        var store = LineStore()
        for position in [3, 900, 901, 5000] as [LogPosition] { store.append(position, line(position)) }
        #expect(text(&store, [3, 900, 901, 5000], 1) == "{line 3}\n{line 900}\n{line 901}\n{line 5000}\n")
        #expect(text(&store, [2, 4, 899, 902, 5001], 2) == "")
        store.forget([3, 901])
        #expect(text(&store, [3, 900, 901, 5000], 3) == "{line 900}\n{line 5000}\n")
    }
}
