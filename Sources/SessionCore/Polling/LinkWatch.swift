// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// What `Session+Link` remembers to judge the link. All times are on the clock of `Moment.uptime`.
struct LinkWatch: Equatable {
    /// When a call of the CTI service last succeeded.
    var answered = Int64.min
    /// When the attempt of createTransport under way was sent; nil if there is none.
    var transport: Int64?
    /// When the probe under way was sent; nil if there is none.
    var probe: Int64?
    /// When the last probe was sent.
    var probed = Int64.min
    /// When the link last became degraded.
    var degraded = Int64.min
    /// When the timer `link` fires; nil if it is not scheduled.
    var timer: Int64?
}

extension SessionStatus.Link {
    /// What the service has left unanswered.
    public enum Silence: Equatable, Sendable {
        /// The long poll.
        case poll
        /// A heartbeat of the websocket.
        case heartbeat
        /// The request for a websocket.
        case transport
        /// The call that takes the heartbeat's place while no websocket is open.
        case probe

        var type: String {
            switch self {
            case .poll: "getAgentSnapshot: NoAnswer"
            case .heartbeat: "webSocket: NoAnswer"
            case .transport: "createTransport: NoAnswer"
            case .probe: "getAgentStates: NoAnswer"
            }
        }

        var message: String {
            switch self {
            case .poll: "the answer to the long poll is overdue"
            case .heartbeat: "the answer to a heartbeat is overdue"
            case .transport: "the answer to the request for a websocket is overdue"
            case .probe: "the answer to a test call is overdue"
            }
        }
    }
}
