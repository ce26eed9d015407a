import AgentModel
import StreamsProtocol

/// Carries out the steps of `TokenMachine`, and passes it what concerns tokens.
extension Session {
    var credentials: Credentials? { tokens.credentials }

    mutating func run(_ steps: [TokenMachine.Step]) {
        for step in steps {
            switch step {
            case .ask(.authorize(let url)): authorize(url)
            case .ask(.refresh(let token)):
                send(.getNewAuthToken, ["refreshToken": .string(token.reveal())], for: .newToken)
            case .cancel: cancelCalls { $0.isRenewal }
            case .adopt(let isFirst): adopt(isFirst: isFirst)
            case .action(let action): actions.append(action)
            }
        }
    }

    private mutating func authorize(_ url: String) {
        let request = HTTPCall(
            purpose: "authorize", method: .get, url: url, headers: [("Accept", "application/json")], usesCookies: true,
            timeout: settings.timers.callTimeout)
        begin(request, "authorize", for: .authorize)
    }

    /// Starts everything the first time; later wakes what stood still for want of a token.
    private mutating func adopt(isFirst: Bool) {
        if isTerminated {
            revive()
        } else if isFirst {
            begin()
        } else {
            wakePollers()
        }
    }

    mutating func authorizeEnded(_ outcome: HTTPOutcome) { run(tokens.handle(.authorizeEnded(outcome), at: now)) }

    mutating func newTokenEnded(_ result: CallResult) { run(tokens.handle(.refreshEnded(result), at: now)) }

    /// A call met a 401. The ports are told if that is new, and the source may replace the token.
    mutating func authorizationRefused(event: SessionAction?, isNew: Bool = true) {
        if isNew, let event { actions.append(event) }
        run(tokens.handle(.unauthorized, at: now))
    }
}
