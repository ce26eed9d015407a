// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// The CTI service's operations for clients: parameters as JSON Schema, and an example.
public enum ServiceDescription {
    /// `[{name, parameters: [{name, required, schema}], example}]`, in alphabetical order. `example` is the `data` of a
    /// `partyline::request` with the method `call`; a word in angle brackets stands for a value of one's own. It is null where the
    /// operation's parameters are not known.
    public static let operations: JSON = .array(
        CTIOperation.allCases.sorted { $0.rawValue < $1.rawValue }.map { operation in
            [
                "name": .string(operation.rawValue),
                "parameters": .array(operation.model.input.parameters),
                "example": example(of: operation).map { ["method": .string(operation.rawValue), "params": $0] }
                    ?? .null,
            ]
        })

    private static let contact: JSONObject = JSONObject([("contactId", "<contactId>")])
    private static let customer: JSONObject = contact.with("connectionId", "<customer's connectionId>")
    private static let own: JSONObject = contact.with("connectionId", "<agent's connectionId>")
    private static let phone: JSON = ["type": "phone_number", "phoneNumber": "+12065550100"]
    private static let agent: JSON = ["type": "agent", "agentLogin": "sam"]

    private static func example(of operation: CTIOperation) -> JSON? {
        switch operation {
        case .acceptContact, .clearContact, .completeContact, .conferenceConnections, .destroyContact, .pauseContact,
            .rejectContact, .resumeContact:
            .object(contact)
        case .holdConnection, .resumeConnection, .toggleActiveConnections: .object(customer)
        case .destroyConnection, .muteParticipant, .unmuteParticipant: .object(own)
        case .sendDigits: .object(customer.with("digits", "12#"))
        case .addNewConnection, .transferContact: .object(contact.with("endpoint", agent))
        case .createAdditionalConnection: .object(contact.with("endpoint", phone))
        case .updateMonitorParticipantState: .object(contact.with("targetMonitorMode", "BARGE"))
        // Streams names it, but neither its parameters nor what it does are known.
        case .updateContactAttributes: nil
        case .notifyContactIssue:
            .object(contact.with("issueCode", "AUDIO_QUALITY").with("description", "The customer cannot hear me."))
        case .sendSoftphoneCallMetrics: .object(contact.with("softphoneStreamStatistics", []))
        case .sendSoftphoneCallReport: .object(contact.with("report", ["talkingTimeMillis": 61_000]))
        case .createOutboundContact: ["endpoint": phone]
        case .createTaskContact: ["endpoint": agent, "name": "Call back"]
        case .createTransport: ["transportType": "web_socket"]
        case .putAgentState: ["state": ["name": "Available", "type": "routable"]]
        case .updateAgentConfiguration:
            [
                "configuration": [
                    "name": "Robin Example", "softphoneEnabled": true, "softphoneAutoAccept": true, "extension": "",
                    "routingProfile": [:],
                ]
            ]
        case .getEndpoints: ["queueARNs": ["<queueARN>"]]
        case .getRoutingProfileQueues: ["routingProfileARN": "<routingProfileARN>"]
        case .getNewAuthToken: ["refreshToken": "<refreshToken>"]
        case .sendClientLogs: ["logEvents": [["component": "crm", "message": "started"]]]
        case .getAgentConfiguration, .getAgentPermissions, .getAgentSnapshot, .getAgentStates, .getDialableCountryCodes:
            [:]
        }
    }
}

extension JSONObject {
    fileprivate func with(_ name: String, _ value: JSON) -> JSONObject {
        JSONObject(members.map { ($0.name, $0.value) } + [(name, value)])
    }
}

extension Shape {
    fileprivate var parameters: [JSON] {
        guard case .structure(let members) = self else { return [] }
        return members.map { member in
            ["name": .string(member.name), "required": .bool(member.isRequired), "schema": member.schema]
        }
    }

    fileprivate var schema: JSON {
        switch self {
        case .string: ["type": "string"]
        case .boolean: ["type": "boolean"]
        case .number: ["type": "number"]
        case .timestamp: ["type": "string", "format": "date-time"]
        case .list(let element): ["type": "array", "items": element.schema]
        case .map(let value): ["type": "object", "additionalProperties": value.schema]
        case .structure(let members): Self.object(members)
        }
    }

    private static func object(_ members: [Member]) -> JSON {
        var schema = JSONObject([("type", "object")])
        if !members.isEmpty {
            schema["properties"] = .object(JSONObject(members.map { ($0.name, $0.schema) }))
        }
        let required = members.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }
}

extension Shape.Member {
    /// The known values are examples, not an `enum`: the service may have others.
    fileprivate var schema: JSON {
        guard case .object(var schema) = shape.schema else { return shape.schema }
        if case .string = shape, let values = Self.knownValues[name] {
            schema["examples"] = .array(values.map(JSON.string))
        } else if case .structure = shape, let types = Self.knownTypes[name], var members = schema["properties"]?.object
        {
            members["type"] = ["type": "string", "examples": .array(types.map(JSON.string))]
            schema["properties"] = .object(members)
        }
        return .object(schema)
    }

    private static let knownValues = [
        "targetMonitorMode": ["SILENT_MONITOR", "BARGE"],
        "transportType": ["web_socket", "chat_token", "softphone", "web_rtc", "agent_discovery"],
    ]

    /// Values of the member `type`.
    private static let knownTypes = [
        "endpoint": ["phone_number", "agent", "queue"], "state": ["routable", "not_routable", "offline"],
    ]
}
