/// A failure that is asked for, as the control vocabulary says it.
extension ControlStep {
    /// Reads the members of `faults`.
    static func fault(_ fields: inout ControlFields) throws(ControlError) -> FaultRule {
        var rule = FaultRule(operation: try fields.string("operation"))
        guard rule.operation == "*" || FaultRule.places.contains(rule.operation) || Operation.all[rule.operation] != nil
        else {
            throw .member(
                "operation",
                "must be a CTI operation (GetAgentSnapshot), * or one of \(FaultRule.places.joined(separator: ", "))")
        }
        rule.status = try fields.integer("status", in: 400...599)
        rule.code = try fields.optionalString("code")
        rule.message = try fields.optionalString("message")
        rule.delaySeconds = try fields.number("delaySeconds", atLeast: 0) ?? 0
        rule.times = try fields.integer("times", in: -1...1_000_000) ?? 1
        rule.drop = try fields.flag("drop")
        guard rule.times != 0 else { throw .member("times", "must not be 0 (-1 means for ever)") }
        if rule.status == nil, rule.code != nil { rule.status = 400 }
        guard rule.status != nil || rule.drop || rule.delaySeconds > 0 else {
            throw .member("status", "is required, or delaySeconds, or drop")
        }
        return rule
    }
}
