// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// Follows `partyline::auth` on a connection.
struct SignInFollower {
    let connection: LineConnection
    let timeout: SignInTimeout

    /// Subscribes, for the first time or again. The newest state comes first, and nothing that was told before.
    func begin() throws {
        _ = try connection.availableMessages()
        _ = try connection.request("subscribe", ["events": [.string(EventName.auth)]])
    }

    /// The newest state.
    func again() throws -> SignInState {
        try begin()
        return try state(.nothing)
    }

    /// Waits for the state that ends such a wait.
    func state(_ wait: SignInWait) throws -> SignInState {
        var last: SignInState?
        while let message = try next() {
            guard message.event == EventName.auth, let state = SignInState(message.data) else { continue }
            if wait.isOver(state.state) { return state }
            last = state
        }
        throw CommandFailure(
            status: .timeout, message: "not signed in within \(timeout.span)" + (last.map { ": \($0.text)" } ?? ""),
            next: ["partyline status"])
    }

    /// Nil if there is no message before the deadline.
    private func next() throws(ConnectionError) -> ServerMessage? {
        do { return try connection.nextMessage(before: timeout.deadline) } catch {
            guard case .timeout = error else { throw error }
            return nil
        }
    }
}

/// How long a sign-in may take.
struct SignInTimeout {
    private let seconds: Double
    private(set) var deadline: ContinuousClock.Instant

    init(seconds: Double) {
        self.seconds = seconds
        deadline = .now + .seconds(seconds)
    }

    var span: String { Text.setting(milliseconds: Int(seconds * 1000)) }
}
