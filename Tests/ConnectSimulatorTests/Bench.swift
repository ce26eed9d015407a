// SPDX-License-Identifier: Apache-2.0
@testable import ConnectSimulator

/// An instance whose time the test controls.
struct Bench {
    static let start = 1_735_732_800.0

    var instance: SimulatedInstance
    var now = Bench.start
    /// The sequence of visible states, as `agent state/contact states`.
    var seen: [String] = []

    init(seed: UInt64 = 1, _ change: (inout InstanceSettings) -> Void = { _ in }) {
        var settings = InstanceSettings.standard()
        settings.initialState = "Available"
        change(&settings)
        instance = SimulatedInstance(settings: settings, seed: seed, now: Self.start)
    }

    /// Calls an operation, with the `authentication` member added.
    @discardableResult
    mutating func call(_ operation: String, _ input: JSON = [:]) throws -> JSON {
        var members = input.object ?? [:]
        if members["authentication"] == nil { members["authentication"] = ["authToken": "t"] }
        defer { recordState() }
        return try instance.handle(operation, .object(members), now: now).get()
    }

    /// The fault that an operation is rejected with, or nil.
    mutating func fault(_ operation: String, _ input: JSON = [:]) -> ServiceFault? {
        do {
            try call(operation, input)
            return nil
        } catch {
            return error as? ServiceFault
        }
    }

    @discardableResult
    mutating func control(_ action: String, _ members: [String: JSON] = [:]) throws -> String {
        defer { recordState() }
        return try instance.control(try ControlStep(action: action, members: members), now: now).members["contactId"]?
            .string
            ?? ""
    }

    mutating func wait(_ seconds: Double) {
        let end = now + seconds
        while let due = instance.nextDeadline, due <= end {
            now = due
            instance.advance(to: due)
            recordState()
        }
        now = end
        instance.advance(to: now)
        recordState()
    }

    mutating func recordState() {
        let contacts = instance.contacts.map(\.state.rawValue).joined(separator: ",")
        let line =
            contacts.isEmpty ? instance.agent.visible.state.name : "\(instance.agent.visible.state.name)/\(contacts)"
        if seen.last != line { seen.append(line) }
    }

    /// The connection of a contact's agent, customer or third party.
    func connection(_ role: ControlStep.ConnectionRole, of contact: String) -> Connection {
        let found = instance.contacts.first { $0.id == contact }?.connections.last { role.matches($0) }
        return found ?? Connection(id: "none", kind: .agent, isInitial: false, state: .disconnected, since: 0)
    }

    func ids(_ contact: String, _ role: ControlStep.ConnectionRole) -> JSON {
        ["contactId": .string(contact), "connectionId": .string(connection(role, of: contact).id)]
    }

    /// A call that the agent has accepted.
    mutating func connectedCall() throws -> String {
        let id = try control("incoming", ["type": "voice"])
        try call("AcceptContact", ["contactId": .string(id)])
        return id
    }
}

extension JSON {
    static func contact(_ id: String) -> JSON { ["contactId": .string(id)] }

    static func phone(_ number: String) -> JSON {
        ["endpoint": ["type": "phone_number", "phoneNumber": .string(number)]]
    }

    static func state(_ name: String, _ type: String, enqueue: Bool = false) -> JSON {
        ["state": ["name": .string(name), "type": .string(type)], "enqueueNextState": .bool(enqueue)]
    }
}
