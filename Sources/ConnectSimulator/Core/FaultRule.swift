// SPDX-License-Identifier: Apache-2.0

/// A failure or delay for the next calls of an operation.
struct FaultRule: Sendable, Equatable {
    /// A CTI operation, `*` for any of them, or one of `places`.
    var operation: String
    /// HTTP status of the failure; nil: the call is handled normally after the delay.
    var status: Int?
    var code: String?
    var message: String?
    /// Seconds of real time before the call is handled.
    var delaySeconds = 0.0
    /// How many more calls the rule applies to; negative: no limit.
    var times = 1
    /// The header Retry-After of the failure, seconds; nil: none.
    var retryAfterSeconds: Int?
    /// Whether to cut the connection instead of sending an answer.
    var drop = false

    /// The operations other than CTI's that can fail; `websocket` is the handshake.
    static let places = ["authorize", "logout", "websocket"] + SideService.allCases.map(\.rawValue)

    func matches(_ name: String) -> Bool {
        operation == name || (operation == "*" && Operation.all[name] != nil)
    }
}

extension SimulatedInstance {
    /// The first rule that matches `operation`. Counts one call against the rule.
    mutating func takeFault(for operation: String) -> FaultRule? {
        guard let index = faults.firstIndex(where: { $0.matches(operation) }) else { return nil }
        let rule = faults[index]
        if rule.times > 0 {
            faults[index].times -= 1
            if faults[index].times == 0 { faults.remove(at: index) }
        }
        return rule
    }
}
