// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// What the machine receives, does and remembers.
extension TokenMachine {
    enum Input: Equatable {
        case start
        /// A client's `configure`.
        case configure(JSON)
        /// The session starts to use its first credentials.
        case begin
        /// The session ends, for this reason.
        case terminate(String)
        /// The same; the cookies will be removed.
        case logOut(String)
        /// A person wants to sign in with a client's help.
        case beginSignIn(PortID)
        /// The person gave up the prompt with this id.
        case abandonSignIn(String)
        /// The client of that port has gone.
        case portClosed(PortID)
        /// The prompt has waited long enough.
        case promptDue
        /// The token's expiry must be checked.
        case checkDue
        /// The next attempt is due.
        case attemptDue
        case authorizeEnded(HTTPOutcome)
        case refreshEnded(CallResult)
        /// A call received a 401.
        case unauthorized
        /// The ports were told of a 401.
        case failureTold
        /// It must be checked whether there are new cookies.
        case credentialsDue
        /// There are new cookies.
        case credentialsChanged
        /// The polled calls received more 401s in a row than `RetryBudget` allows.
        case budgetSpent
        /// A polled call succeeded, so the token is valid.
        case pollSucceeded
        /// A client's call with the current token succeeded.
        case callSucceeded
    }

    enum Step: Equatable {
        case ask(TokenRequest)
        /// Cancel the request that is under way.
        case cancel
        /// `credentials` changed. The first ones start the session.
        case adopt(isFirst: Bool)
        case action(SessionAction)
    }

    struct State: Equatable {
        var token = TokenState.none
        var attempt = Attempt.none
        /// Why the last attempt failed; nil after one that succeeded.
        var lastError: String?
        /// True if a call with the current token received a 401, and no polled call has succeeded since.
        var isTokenRefused = false
        /// True if a call with the current token has succeeded.
        var isTokenProven = false
        /// The requests that refusals caused.
        var refusals = RefusalBudget()
        /// True while the first request with new cookies is under way. An older token stays in use meanwhile.
        var isSigningIn = false
        /// True if nothing is requested until there is a new credential.
        var isCircuitOpen = false
        var prompts = SignInPrompts()
        /// True from an `auth_fail` to the next token.
        var isFailureTold = false
    }

    /// Whether there is a token and whether it is valid.
    enum TokenState: Equatable {
        /// No token yet.
        case none
        case held(Credentials)
        /// A new token is needed, but requests for it fail.
        case failing(Credentials?)
        /// The backend no longer accepts the sign-in or the token.
        case refused(Credentials?)
    }

    /// The request for a new token.
    enum Attempt: Equatable {
        case none
        case asking(TokenRequest, Tries)
        /// The request's timer is scheduled.
        case waiting(TokenRequest, Tries)
    }

    struct Tries: Equatable {
        /// Attempts in this round that ended with a 5xx, a 429 or no response.
        var quick = 0
        /// Failed rounds.
        var rounds = 0
    }
}
