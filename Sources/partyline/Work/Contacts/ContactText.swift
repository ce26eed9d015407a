// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// A contact in words and in columns. Pure.
enum ContactText {
    /// `call from +1…, connecting`
    static func brief(_ contact: ContactData) -> String {
        "\(ContactNarrator.name(contact)), \(contact.stateType?.rawValue ?? "in an unknown state")"
    }

    /// What is so now: `call from +1… (1234abcd) is connected; the customer on hold, Bob connected; muted`.
    static func present(_ contact: ContactData, _ shortId: String) -> String {
        let parts = ["\(ContactNarrator.name(contact)) (\(shortId)) \(verb(contact))", legs(contact), muting(contact)]
        return parts.compactMap { $0 }.joined(separator: "; ")
    }

    private static func verb(_ contact: ContactData) -> String {
        switch contact.stateType {
        case .ended: "has ended"
        case .missed: "was missed"
        case .rejected: "was rejected"
        case .error: "has failed"
        case let other: "is \(other?.rawValue ?? "in an unknown state")"
        }
    }

    /// The legs that the contact's own state does not tell: those on hold, third parties, and a supervisor.
    private static func legs(_ contact: ContactData) -> String? {
        guard contact.isConnected else { return nil }
        let told = contact.connections.filter { leg in
            let isUsual = leg.isInitial || leg.type == .agent && isOwn(leg, contact)
            return leg.isActive && (leg.isOnHold || !isUsual)
        }
        let texts = told.map { "\(name($0, in: contact)) \(state($0))" }
        return texts.isEmpty ? nil : texts.joined(separator: ", ")
    }

    private static func isOwn(_ leg: ConnectionData, _ contact: ContactData) -> Bool {
        leg.connectionId == contact.agentConnection?.connectionId
    }

    /// `the agent` for the own leg.
    static func name(_ leg: ConnectionData, in contact: ContactData) -> String {
        if isOwn(leg, contact) { return "the agent" }
        return leg.type == .agent ? leg.endpoint?.name ?? "another agent" : LegNarrator.name(leg)
    }

    private static func muting(_ contact: ContactData) -> String? {
        guard contact.isConnected else { return nil }
        let texts = contact.connections.filter { $0.isActive && $0.isMute == true }.map { leg in
            guard isOwn(leg, contact) else { return "\(name(leg, in: contact)) muted" }
            return leg.isForcedMute ? "muted by a supervisor" : "muted"
        }
        return texts.isEmpty ? nil : texts.joined(separator: ", ")
    }

    static func state(_ leg: ConnectionData) -> String {
        switch leg.stateType {
        case .hold: "on hold"
        case .silentMonitor: "listening"
        case .barge: "taking part"
        case let other: other?.rawValue ?? "?"
        }
    }

    /// The customer's name, number or address, else the contact's name; empty if the data have none.
    static func customer(_ contact: ContactData) -> String {
        let leg = contact.initialConnection ?? contact.partners.first
        return leg?.chatMediaInfo?["customerName"]?.string ?? leg?.endpoint?.phoneNumber ?? address(contact, leg)
            ?? leg?.endpoint?.name ?? contact.name ?? ""
    }

    private static func address(_ contact: ContactData, _ leg: ConnectionData?) -> String? {
        contact.customerEndpoint?.json["emailAddress"]?.string ?? leg?.endpoint?.json["emailAddress"]?.string
    }

    /// The columns of `contact list`.
    static let header = ["ID", "TYPE", "STATE", "FOR", "CUSTOMER", "QUEUE", "POSSIBLE NOW"]

    static func row(_ contact: ContactData, _ desk: Desk) -> [String] {
        [
            ContactChoice(contacts: desk.contacts).shortId(contact), contact.type?.rawValue ?? "",
            contact.stateType?.rawValue ?? "",
            desk.elapsed(since: contact.stateTimestamp).map { Text.span(milliseconds: $0) } ?? "",
            Text.cut(customer(contact), 30), contact.queueName ?? "",
            ContactAction.possible(contact).map(\.rawValue).joined(separator: " "),
        ]
    }

    /// The element of `contact list --json`.
    static func json(_ contact: ContactData, _ desk: Desk) -> JSON {
        var object = JSONObject()
        object["contactId"] = contact.contactId.map { .string($0) }
        object["type"] = contact.type.map { .string($0.rawValue) }
        object["state"] = contact.stateType.map { .string($0.rawValue) }
        object["durationMs"] = desk.elapsed(since: contact.stateTimestamp).map { .int($0) }
        let customer = customer(contact)
        object["customer"] = customer.isEmpty || customer == contact.name ? nil : .string(customer)
        object["name"] = contact.name.map { .string($0) }
        object["queue"] = contact.queueName.map { .string($0) }
        object["possible"] = .array(ContactAction.possible(contact).map { .string($0.rawValue) })
        return .object(object)
    }

    /// `BasicQueue, queued 2 min ago`
    private static func queue(_ contact: ContactData, _ desk: Desk) -> String? {
        let since = desk.elapsed(since: contact.queueTimestamp).map { "queued \(Text.span(milliseconds: $0)) ago" }
        let parts = [contact.queueName, since].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// The lines of `contact show`.
    static func details(_ contact: ContactData, _ desk: Desk, _ palette: Palette) -> [String] {
        let duration = desk.elapsed(since: contact.stateTimestamp).map { " for \(Text.span(milliseconds: $0))" } ?? ""
        var facts = [
            ("id", contact.contactId), ("state", contact.stateType.map { "\($0)\(duration)" }),
            ("name", contact.name), ("customer", customer(contact)), ("description", contact.description),
            ("queue", queue(contact, desk)), ("subtype", contact.subtype),
            ("began as", contact.initiationMethod),
        ]
        facts += contact.connections.map { leg in
            let muted = leg.isMute == true ? leg.isForcedMute ? ", muted by a supervisor" : ", muted" : ""
            let since = desk.elapsed(since: leg.stateTimestamp).map { " for \(Text.span(milliseconds: $0))" } ?? ""
            return (name(leg, in: contact), "\(state(leg))\(since)\(muted), connection \(leg.connectionId ?? "?")")
        }
        facts += contact.references.sorted { $0.key < $1.key }.map { ($0.key, $0.value.value) }
        facts += contact.attributes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let possible = ContactAction.possible(contact).map(\.rawValue).joined(separator: " ")
        facts.append(("possible now", possible.isEmpty ? "nothing" : possible))
        let width = facts.map(\.0.count).max() ?? 0
        return [palette.bold(Text.printable(ContactNarrator.name(contact)))]
            + facts.compactMap { fact in
                fact.1.map { "  \(Text.printable("\(Text.left(fact.0, width))  \($0)"))" }
            }
    }
}
