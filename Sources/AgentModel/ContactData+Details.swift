// SPDX-License-Identifier: Apache-2.0

// What the service tells of a contact beyond its state and its legs. Each is nil where the data have none.

extension ContactData {
    /// The name of a task; also of other contacts that were created with one.
    public var name: String? { json["name"]?.string }

    /// The description of a task.
    public var description: String? { json["description"]?.string }

    /// The references of a task or an e-mail by name. Empty if there are none.
    public var references: [String: ContactReference] {
        var result: [String: ContactReference] = [:]
        for member in json["references"]?.object?.members ?? [] {
            result[member.name] = member.value.object.map(ContactReference.init(json:))
        }
        return result
    }

    /// `{scheduledTime, taskTemplateId, taskTemplateVersion}` of a task.
    public var channelContext: JSONObject? { json["channelContext"]?.object }

    /// The queue that the contact came through; nil for an agent who monitors.
    public var queue: Queue? { json["queue"]?.object.map(Queue.init(json:)) }

    public var queueName: String? { queue?.name }

    /// When the contact entered the queue (RFC 3339).
    public var queueTimestamp: String? { json["queueTimestamp"]?.string }

    /// The contact that the conversation began with (Streams' `getOriginalContactId`); nil if this one is no transfer.
    public var initialContactId: String? { json["initialContactId"]?.string }

    /// The contact that this one was created for, such as the call to which a task belongs.
    public var relatedContactId: String? { json["relatedContactId"]?.string }

    /// The id that the contacts of one e-mail thread have in common.
    public var contactAssociationId: String? { json["contactAssociationId"]?.string }

    /// The customer's address. E-mail addresses are in `json["emailAddress"]`.
    public var customerEndpoint: EndpointData? { json["customerEndpoint"]?.object.map(EndpointData.init(json:)) }

    /// The address of the instance that the customer has reached.
    public var connectSystemEndpoint: EndpointData? {
        json["connectSystemEndpoint"]?.object.map(EndpointData.init(json:))
    }

    /// What is possible in the contact, such as `multiPartyConferenceEnabled`.
    public var contactFeatures: JSONObject? { json["contactFeatures"]?.object }

    /// What the service knows beyond the contact's own data, not in the published model.
    public var contactMetadata: JSONObject? { json["contactMetadata"]?.object }

    /// `{key: {"ValueString": text}}`.
    public var segmentAttributes: JSONObject? { json["segmentAttributes"]?.object }
}

/// What a task or an e-mail refers to: a page, an attachment, a number (Streams' ReferenceEntry).
public struct ContactReference: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    /// `URL`, `ATTACHMENT`, `NUMBER`, `STRING`, `DATE`, `EMAIL`….
    public var type: String? { json["type"]?.string }
    public var value: String? { json["value"]?.string }
}

/// A queue (Streams' Queue).
public struct Queue: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    public var name: String? { json["name"]?.string }
    /// The library calls it `queueId`, too.
    public var queueARN: String? { json["queueARN"]?.string ?? json["queueId"]?.string }
}
