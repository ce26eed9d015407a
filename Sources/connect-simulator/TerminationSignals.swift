import Dispatch
import Glibc

/// SIGTERM and SIGINT as a wish to stop, instead of a sudden end.
struct TerminationSignals {
    private let sources: [any DispatchSourceSignal]

    init(_ onSignal: @escaping @Sendable () -> Void) {
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: onSignal)
            source.activate()
            return source
        }
    }

    func stop() {
        for source in sources { source.cancel() }
    }
}
