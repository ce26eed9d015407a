import Glibc

/// Written by a signal handler, which may do nothing more than that; read by the demo between two looks at the line.
private nonisolated(unsafe) var receivedSignal: sig_atomic_t = 0

/// Ctrl-C and its relatives, as a wish to come to an end that the demo fulfils in its own time: children first.
enum Interruption {
    /// Thrown where the wish is noticed.
    struct Wish: Error {}

    static func listen() {
        receivedSignal = 0
        EndSignals.handle { receivedSignal = $0 }
    }

    static func check() throws {
        if receivedSignal != 0 { throw Wish() }
    }
}
