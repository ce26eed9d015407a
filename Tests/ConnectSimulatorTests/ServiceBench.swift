// SPDX-License-Identifier: Apache-2.0
@testable import ConnectSimulator

extension Bench {
    /// Calls a service other than CTI.
    @discardableResult
    mutating func ask(_ call: SideCall) throws -> JSON {
        defer { recordState() }
        return try instance.handle(call, now: now).get()
    }

    /// The fault that a call is rejected with, or nil.
    mutating func refusal(_ call: SideCall) -> ServiceFault? {
        do {
            try ask(call)
            return nil
        } catch {
            return error as? ServiceFault
        }
    }

    /// Calls a method of Voice ID with the domain's identifier.
    @discardableResult
    mutating func voiceID(_ operation: String, _ input: [String: JSON]) throws -> JSON {
        try ask(.voiceID(operation, input))
    }

    /// A connected call with the attribute `customerId`.
    mutating func callOf(_ customer: String, _ more: [String: JSON] = [:]) throws -> String {
        let attributes = JSON.object(more).adding(["customerId": .string(customer)])
        let id = try control("incoming", ["type": "voice", "attributes": attributes])
        try call("AcceptContact", .contact(id))
        return id
    }
}

extension SideCall {
    static func voiceID(_ operation: String, _ input: [String: JSON]) -> SideCall {
        let domain = JSON.string(VoiceID.domainId)
        return .agentApp(
            method: "AgentAppService.VoiceId.\(operation)", input: JSON(["DomainId": domain]).adding(input))
    }

    static func agentApp(_ method: String, _ input: JSON) -> SideCall {
        .agentApp(method: "AgentAppService.\(method)", input: input)
    }
}

extension JSON {
    fileprivate init(_ members: [String: JSON]) { self = .object(members) }

    static func session(_ contact: String) -> [String: JSON] { ["SessionNameOrId": .string(contact)] }
    static func speaker(_ id: String) -> [String: JSON] { ["SpeakerId": .string(id)] }
}
