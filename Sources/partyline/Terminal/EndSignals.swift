import Glibc

/// The signals by which somebody says that it is enough: Ctrl-C, `kill`, a closed terminal, a reader that went away.
enum EndSignals {
    static let all = [SIGINT, SIGTERM, SIGHUP, SIGPIPE]

    /// Handles them all, and some others as well. They are unblocked first: a parent that starts us from a thread which
    /// blocks them, as thread pools do, hands its mask down.
    static func handle(also others: [Int32] = [], _ handler: @escaping @convention(c) (CInt) -> Void) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in all + others where !isIgnored(number) {
            sigaddset(&signals, number)
            signal(number, handler)
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Whoever started us under nohup, or in the background of a script, has said that it is not meant for us. (A reader
    /// that went away always is.)
    private static func isIgnored(_ number: Int32) -> Bool {
        guard number == SIGINT || number == SIGHUP else { return false }
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        let handler = action.__sigaction_handler.sa_handler
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
