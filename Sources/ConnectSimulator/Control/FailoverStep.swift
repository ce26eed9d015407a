/// A failover between the two instances of an agent, as the control vocabulary says it.
extension ControlStep {
    enum FailoverTarget: Sendable, Equatable {
        case this, other
        case arn(String)
    }

    private enum Side: String, CaseIterable { case this, other }

    /// Reads the members of `failover`.
    static func failover(_ fields: inout ControlFields) throws(ControlError) -> ControlStep {
        let side = try fields.choice("active", Side.self)
        let arn = try fields.optionalString("activeInstanceArn")
        let terminates = try fields.flag("terminateActiveContacts")
        switch (side, arn) {
        case (.this, nil): return .failover(.this, terminates: terminates)
        case (.other, nil): return .failover(.other, terminates: terminates)
        case (nil, .some(let arn)): return .failover(.arn(arn), terminates: terminates)
        case (nil, nil): throw .member("active", "is required (this or other), or activeInstanceArn")
        case (.some, .some): throw .member("activeInstanceArn", "cannot be given beside active")
        }
    }
}
