// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The prompt for a person to sign in: at most one at a time, with an id that is the same for every client. A prompt that
/// was given up is not repeated at once, because a window that opens again and again is worse than none.
struct SignInPrompts: Equatable {
    struct Prompt: Equatable {
        let id: String
        /// Why a sign-in is needed.
        let reason: String
        /// The client that has a sign-in window open; nil if none has.
        var claimant: PortID?
    }

    private(set) var pending: Prompt?
    /// Until then no prompt opens by itself, on the clock of `Moment.uptime`.
    private var pausedUntil: Int64?

    /// Opens a prompt by itself. Returns false if there is one, or during the pause.
    mutating func open(id: String, reason: String, at now: Moment) -> Bool {
        guard pending == nil, pausedUntil.map({ now.uptime >= $0 }) ?? true else { return false }
        pending = Prompt(id: id, reason: reason)
        return true
    }

    /// A person wants to sign in with this client, also during the pause. The prompt is this client's, unless another one has
    /// a window open.
    mutating func claim(by port: PortID, id: String, reason: String) {
        var prompt = pending ?? Prompt(id: id, reason: reason)
        prompt.claimant = prompt.claimant ?? port
        pending = prompt
    }

    /// The prompt ended without a sign-in.
    mutating func giveUp(at now: Moment, pause: Int64) {
        pending = nil
        pausedUntil = now.uptime + pause
    }

    /// There is a new sign-in, or none is wanted.
    mutating func close() {
        pending = nil
        pausedUntil = nil
    }
}
