/// A failure or delay that was asked for, for the next calls of an operation.
struct FaultRule: Sendable, Equatable {
    /// A CTI operation, `*` for any of them, or one of `places`.
    var operation: String
    /// HTTP status of the failure; nil: the call is answered as ever, after the delay.
    var status: Int?
    var code: String?
    var message: String?
    /// Seconds before anything else happens.
    var delaySeconds = 0.0
    /// How many calls it still counts for; negative: for ever.
    var times = 1
    /// Whether the connection is cut instead of an answer.
    var drop = false

    /// What can fail beside the CTI operations; `websocket` is its handshake.
    static let places = ["authorize", "websocket"] + SideService.allCases.map(\.rawValue)

    func matches(_ name: String) -> Bool {
        operation == name || (operation == "*" && Operation.all[name] != nil)
    }
}

extension SimulatedInstance {
    /// The first rule for `operation`, used up by one call.
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
