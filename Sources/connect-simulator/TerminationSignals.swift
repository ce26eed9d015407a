// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc

/// Calls a closure on SIGTERM and SIGINT instead of terminating the process.
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
