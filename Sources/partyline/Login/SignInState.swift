// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The data of `partyline::auth`.
struct SignInState: Equatable {
    let data: JSON
    let state: DaemonStatus.Auth.State
    let reason: String?
    /// When the token ends, as the daemon wrote it.
    let end: String?
    /// The prompt's id; nil without a prompt.
    let prompt: String?
    /// True while a program shows the sign-in page.
    let isShown: Bool

    init?(_ data: JSON?) {
        guard let data, let state = data["state"]?.string.flatMap(DaemonStatus.Auth.State.init) else { return nil }
        self.data = data
        self.state = state
        reason = data["reason"]?.string ?? data["prompt"]?["reason"]?.string
        end = data["expiresAt"]?.string
        prompt = data["prompt"]?["id"]?.string
        isShown = data["prompt"]?["isShown"]?.bool ?? false
    }

    var text: String {
        let reason = reason.map { ": \($0)" } ?? ""
        switch state {
        case .signedIn: return "signed in" + (end.map { ", until \($0)" } ?? "")
        case .none: return "not signed in"
        case .authorizing: return "signing in"
        case .degraded: return "the token was refused, and is being replaced"
        case .failing: return "the sign-in cannot be renewed at the moment\(reason)"
        case .expired, .refused, .prompting, .required: return "not signed in\(reason)"
        }
    }

    /// The failure that it is for a script; nil if the daemon has a token.
    var failure: CommandFailure? {
        switch state {
        case .signedIn, .degraded: nil
        case .authorizing, .failing: CommandFailure(status: .failure, message: text, next: ["partyline status"])
        case .none, .expired, .refused, .prompting, .required:
            CommandFailure(
                status: .notSignedIn, message: text, next: [prompt == nil ? "partyline status" : "partyline login"])
        }
    }
}

/// What a command waits for.
enum SignInWait {
    /// Any state.
    case nothing
    /// What comes of cookies that the daemon has received.
    case outcome
    /// What comes of the sign-in page that another program shows: any state in which it is not shown any more.
    case otherPage
    /// The end of a request for a token that is under way.
    case attempt
    /// A token.
    case token

    func isOver(_ state: DaemonStatus.Auth.State) -> Bool {
        switch state {
        case .signedIn: true
        case .refused, .required: self != .token
        // Refused cookies make the daemon ask a person again.
        case .prompting: self != .otherPage && self != .token
        case .none, .expired, .degraded, .failing: self != .outcome && self != .token
        case .authorizing: self == .nothing
        }
    }
}
