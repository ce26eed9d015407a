// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@Suite("Views on the service's JSON")
struct AgentViewTests {
    private static let snapshot: JSON = [
        "state": [
            "type": "routable", "name": "Available", "agentStateARN": "arn:available",
            "startTimestamp": "2025-01-01T12:00:00.000Z",
        ],
        "nextState": ["type": "offline", "name": "Offline"],
        "contacts": [
            [
                "contactId": "c1", "type": "voice",
                "state": ["type": "connected", "timestamp": "2025-01-01T12:01:00.000Z"],
                "queue": ["name": "Sales", "queueARN": "arn:q"],
                "attributes": ["city": ["name": "city", "value": "Bern"], "empty": ["name": "empty"]],
                "connections": [
                    ["connectionId": "l1", "type": "agent", "initial": false, "state": ["type": "hold"]],
                    [
                        "connectionId": "l2", "type": "inbound", "initial": true, "state": ["type": "connected"],
                        "endpoint": ["phoneNumber": "+41441234567", "name": "Customer"],
                    ],
                    7,
                ],
            ],
            "no contact",
        ],
        "snapshotTimestamp": "2025-01-01T12:02:00.000Z", "future": [1, 2],
    ]
    private static let configuration: JSON = [
        "name": "Ann Example", "username": "ann", "permissions": ["outboundCall", 1],
        "dialableCountries": ["ch", "us"],
        "agentStates": [["type": "routable", "name": "Available"], 5],
        "routingProfile": ["name": "Basic", "routingProfileARN": "arn:rp"],
    ]
    private static let json: JSON = ["snapshot": snapshot, "configuration": configuration]

    @Test("agent and state")
    func agent() throws {
        let agent = try #require(AgentData(json: Self.json))
        #expect(agent.json == Self.json)
        #expect(agent.snapshot.state?.name == "Available")
        #expect(agent.snapshot.state?.type == .routable)
        #expect(agent.snapshot.state?.agentStateARN == "arn:available")
        #expect(agent.snapshot.state?.startTimestamp == "2025-01-01T12:00:00.000Z")
        #expect(agent.snapshot.nextState?.type == .offline)
        #expect(agent.snapshot.snapshotTimestamp == "2025-01-01T12:02:00.000Z")
        #expect(agent.snapshot.json["future"] == [1, 2])
        #expect(AgentData(json: ["configuration": [:]]) == nil)
        #expect(AgentData(json: ["snapshot": [:]])?.json == ["snapshot": [:], "configuration": [:]])
    }

    @Test("configuration and its lists; elements of another type are skipped")
    func configuration() throws {
        let configuration = try #require(AgentData(json: Self.json)).configuration
        #expect(configuration.name == "Ann Example")
        #expect(configuration.username == "ann")
        #expect(configuration.permissions == ["outboundCall"])
        #expect(configuration.dialableCountries == ["ch", "us"])
        #expect(configuration.agentStates.map(\.name) == ["Available"])
        #expect(configuration.routingProfile?.routingProfileARN == "arn:rp")
        #expect(configuration.routingProfile?.name == "Basic")
        #expect(AgentConfiguration(json: JSONObject()).agentStates.isEmpty)
    }

    @Test("the 14 names of AgentErrorStates have a meaning; other states are no error")
    func errorStates() {
        #expect(AgentErrorState.all.count == 14)
        #expect(AgentErrorState.all.allSatisfy { $0.meaning?.isEmpty == false })
        let names: [(AgentErrorState, String)] = [
            (.error, "Error"), (.agentHungUp, "AgentHungUp"), (.badAddressAgent, "BadAddressAgent"),
            (.badAddressCustomer, "BadAddressCustomer"), (.default, "Default"),
            (.failedConnectAgent, "FailedConnectAgent"), (.failedConnectCustomer, "FailedConnectCustomer"),
            (.invalidLocale, "InvalidLocale"), (.lineEngagedAgent, "LineEngagedAgent"),
            (.lineEngagedCustomer, "LineEngagedCustomer"), (.missedCallAgent, "MissedCallAgent"),
            (.missedCallCustomer, "MissedCallCustomer"), (.multipleCCPWindows, "MultipleCcpWindows"),
            (.realtimeCommunicationError, "RealtimeCommunicationError"),
        ]
        for (state, name) in names { #expect(state.rawValue == name && state.meaning != nil) }
        let missed = AgentState(json: JSONObject([("name", "MissedCallAgent"), ("type", "error")]))
        #expect(missed.error == .missedCallAgent)
        for name in ["Available", "Busy", "AfterCallWork", "missedCallAgent"] {
            #expect(AgentState(json: JSONObject([("name", .string(name))])).error == nil)
        }
    }

    @Test("contact and its connections")
    func contact() throws {
        let contacts = try #require(AgentData(json: Self.json)).snapshot.contacts
        #expect(contacts.count == 1)
        let contact = try #require(contacts.first)
        #expect(contact.contactId == "c1")
        #expect(contact.type == .voice)
        #expect(contact.stateType == .connected)
        #expect(contact.queueName == "Sales")
        #expect(contact.attributes == ["city": "Bern"])
        #expect(contact.connections.map(\.connectionId) == ["l1", "l2"])
        #expect(contact.agentConnection?.stateType == .hold)
        #expect(contact.initialConnection?.connectionId == "l2")
        #expect(contact.initialConnection?.type == .inbound)
        #expect(contact.initialConnection?.endpoint?.phoneNumber == "+41441234567")
        #expect(contact.initialConnection?.endpoint?.name == "Customer")
        #expect(contact.agentConnection?.endpoint == nil)
    }

    @Test("missing or null members → nil or empty")
    func nothing() {
        let contact = ContactData(json: JSONObject())
        #expect(contact.contactId == nil && contact.type == nil && contact.stateType == nil)
        #expect(contact.connections.isEmpty && contact.attributes.isEmpty)
        let snapshot = SnapshotData(json: JSONObject([("state", .null), ("contacts", .null)]))
        #expect(snapshot.state == nil && snapshot.contacts.isEmpty)
        #expect(!ConnectionData(json: JSONObject()).isInitial)
    }

    @Test("an unknown enumeration value keeps its text")
    func openEnumerations() throws {
        let contact = ContactData(json: JSONObject([("type", "hologram"), ("state", ["type": "floating"])]))
        #expect(contact.type?.description == "hologram")
        #expect(contact.type == ContactType(rawValue: "hologram"))
        #expect(contact.stateType?.isActive == false)
        let active: [ContactStateType] = [.incoming, .pending, .connecting, .connected, .paused]
        let idle: [ContactStateType] = [.initial, .ended, .missed, .rejected, .error]
        #expect(active.filter(\.isActive) == active)
        #expect(idle.filter(\.isActive).isEmpty)
    }
}
