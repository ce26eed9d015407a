// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// An event about a contact.
public struct ContactEvent: Sendable {
    public let contact: Contact
    /// The contact right after the event; for one that is gone, as it was last known. Unlike ``contact`` it does not change.
    public let data: ContactData
    /// The event as it was received: name, clock, time, the client that caused it, and whether it is about a contact that was
    /// there before.
    public let event: StreamEvent
}

/// A change of the contact in view of all clients.
public struct ContactView: Sendable {
    /// Nil if no contact is in view any more.
    public let contact: Contact?
    public let event: StreamEvent
}

extension Connect {
    /// Every new contact (Streams' `connect.contact`). A sequence that is made before ``start()`` begins with the contacts that
    /// are there already.
    public var onContact: Events<ContactEvent> { contactEvents("contact::init", nil) }
    /// A contact is about to connect (Streams' `agent.onContactPending` of earlier versions).
    public var onContactPending: Events<ContactEvent> { contactEvents("contact::pending", nil) }
    /// A contact rings at the agent, or its customer is called.
    public var onContactConnecting: Events<ContactEvent> { contactEvents("contact::connecting", nil) }
    /// The agent is in a contact. A sequence that is made before ``start()`` begins with those in which the agent is already.
    public var onContactConnected: Events<ContactEvent> { contactEvents("contact::connected", nil) }
    /// A contact is no longer active.
    public var onContactEnded: Events<ContactEvent> { contactEvents("contact::ended", nil) }
    /// A contact is gone.
    public var onContactDestroyed: Events<ContactEvent> { contactEvents("contact::destroyed", nil) }

    /// The contact in view changes (Streams' `onViewContact`).
    public var onViewContact: Events<ContactView> {
        events(named: EventName.contactView) { [self] event in
            // Streams' pages send an empty id for no contact.
            let id = event.contactId.flatMap { $0.isEmpty ? nil : $0 }
            return ContactView(contact: id.map { Contact(contactId: $0, connect: self) }, event: event)
        }
    }

    /// - Parameter contact: nil for all contacts.
    func contactEvents(_ name: String, _ contact: Contact?) -> Events<ContactEvent> {
        events(named: name, contact: contact) { [self] event in
            guard let id = event.contactId, let data = event.data?["contact"]?.object else { return nil }
            return ContactEvent(
                contact: Contact(contactId: id, connect: self, wasThere: true), data: ContactData(json: data),
                event: event)
        }
    }
}

/// Sequences of one contact. They end when it is gone.
extension Contact {
    /// Every update while the contact is there, changed or not.
    public var onRefresh: Events<ContactEvent> { events("contact::refresh") }
    /// A callback or a preview rings.
    public var onIncoming: Events<ContactEvent> { events("contact::incoming") }
    public var onPending: Events<ContactEvent> { events("contact::pending") }
    /// It rings at the agent, or the customer is called.
    public var onConnecting: Events<ContactEvent> { events("contact::connecting") }
    /// The agent is in the contact.
    public var onConnected: Events<ContactEvent> { events("contact::connected") }
    /// An acceptContact of any client has succeeded.
    public var onAccepted: Events<ContactEvent> { events("contact::accepted") }
    /// It was offered, and is missed, rejected or failed.
    public var onMissed: Events<ContactEvent> { events("contact::missed") }
    /// After-contact work has begun.
    public var onACW: Events<ContactEvent> { events("contact::acw") }
    public var onError: Events<ContactEvent> { events("contact::error") }
    /// It is no longer active. Exactly once for each stay of a contact, before ``onDestroy``.
    public var onEnded: Events<ContactEvent> { events("contact::ended") }
    /// It is gone. Exactly once for each stay of a contact.
    public var onDestroy: Events<ContactEvent> { events("contact::destroyed") }

    /// The pattern of one event of this contact, for ``Connect/events(_:)``: `contact::connected::ID`.
    public func eventName(_ event: String) -> String { "\(event)::\(contactId)" }

    private func events(_ name: String) -> Events<ContactEvent> { connect.contactEvents(name, self) }
}
