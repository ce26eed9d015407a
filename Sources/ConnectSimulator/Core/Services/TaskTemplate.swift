// SPDX-License-Identifier: Apache-2.0

/// A form for tasks: their fields, required fields and defaults.
struct TaskTemplate: Sendable, Equatable {
    struct Field: Sendable, Equatable {
        var name: String
        /// The service's name of the type: NAME, DESCRIPTION, TEXT, NUMBER, BOOLEAN, SINGLE_SELECT, QUICK_CONNECT, …
        var kind: String
        var isRequired = false
        var defaultValue: String?
        var options: [String] = []
    }

    var id: String
    var name: String
    var details: String
    var isActive = true
    /// The newest version. Older ones, from 1, can still be requested.
    var version = 1
    var fields: [Field]

    var status: String { isActive ? "ACTIVE" : "INACTIVE" }

    func defaultValue(of kind: String) -> String? { fields.first { $0.kind == kind }?.defaultValue }

    static let standard: [TaskTemplate] = [
        TaskTemplate(
            id: "60000000-0000-4000-8000-000000000001", name: "Call back", details: "A customer wants to be called.",
            version: 3,
            fields: [
                Field(name: "Name", kind: "NAME", isRequired: true),
                Field(name: "Description", kind: "DESCRIPTION", defaultValue: "Call the customer back"),
                Field(name: "Phone number", kind: "TEXT", isRequired: true),
            ]),
        TaskTemplate(
            id: "60000000-0000-4000-8000-000000000002", name: "Refund", details: "Money that goes back.",
            fields: [
                Field(name: "Name", kind: "NAME", defaultValue: "Refund"),
                Field(name: "Amount", kind: "NUMBER"),
                Field(
                    name: "Reason", kind: "SINGLE_SELECT", defaultValue: "Late", options: ["Late", "Broken", "Other"]),
            ]),
        TaskTemplate(
            id: "60000000-0000-4000-8000-000000000003", name: "Fax", details: "No longer in use.", isActive: false,
            fields: [Field(name: "Name", kind: "NAME", isRequired: true)]),
    ]
}

/// The template that a task was created from.
struct TemplateUse: Sendable, Equatable {
    var id: String
    var version: Int
}

extension TaskTemplate {
    /// An item of the list of templates.
    func summary(in settings: InstanceSettings) -> JSON {
        [
            "id": .string(id), "arn": .string("\(settings.instanceARN)/task-template/\(id)"), "name": .string(name),
            "description": .string(details), "status": .string(status), "createdTime": .timestamp(Self.madeAt),
            "lastModifiedTime": .timestamp(Self.madeAt),
        ]
    }

    func json(in settings: InstanceSettings, version: Int) -> JSON {
        let defaults = fields.compactMap { field in
            field.defaultValue.map { ["id": ["name": .string(field.name)], "defaultValue": .string($0)] as JSON }
        }
        let required = fields.filter(\.isRequired).map { ["id": ["name": .string($0.name)]] as JSON }
        return summary(in: settings).adding([
            "instanceId": .string(settings.instanceId), "version": .int(version),
            "fields": .array(fields.map(\.json)), "defaults": ["defaultFieldValues": .array(defaults)],
            "constraints": ["requiredFields": .array(required), "readOnlyFields": [], "invisibleFields": []],
        ])
    }

    private static let madeAt = 1_700_000_000.0
}

extension TaskTemplate.Field {
    var json: JSON {
        [
            "id": ["name": .string(name)], "type": .string(kind),
            "singleSelectOptions": options.isEmpty ? .null : .array(options.map(JSON.string)),
        ]
    }
}
