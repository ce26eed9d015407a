// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// What a client cannot know that comes later: the contacts that are there already, and the states of the seat.
extension Conduit {
    mutating func getSeat(_ request: Request) {
        respond(request.port, request.id, .data(["seat": seat.json]))
    }

    /// An event for every port may be a state of the seat.
    mutating func noteSeat(_ event: String, _ data: @autoclosure () -> JSON, by author: Author?) {
        guard event == EventName.webSocketConnectionGain || SeatPart(event: event) != nil else { return }
        if seat.note(event, data(), by: author, at: now.wall) { unsaved.isSeat = true }
    }

    /// The port closes. The contact that it showed is not in view any more.
    mutating func endView(of port: Port) {
        guard let contactId = seat.endView(of: port.name) else { return }
        unsaved.isSeat = true
        publishViewEnd(of: contactId)
    }

    /// Subscribers are told, also those of this contact alone; Streams pages know no such event.
    mutating func publishViewEnd(of contactId: String?) {
        let line = ServerLine.encode(EventName.contactView, ["contactId": .null, "contact": .null])
        append(
            EventLog.Entry(
                EventName.contactView, LineBody(of: line), audience: .subscribers, contactId: contactId, time: now.wall)
        )
    }

    /// The lines after the answer to a subscription that starts afresh: the states of the seat, and if the client asked for
    /// it, the contacts. The pattern decides which.
    func standingLines(for port: Port, clock: String) -> [UInt8] {
        guard !port.interest.key.isNarrow else { return [] }
        var bytes: [UInt8] = []
        for entry in seat.entries { bytes += seatLine(entry, for: port, clock: clock) }
        if port.wantsExisting { bytes += existingContacts(for: port) }
        return bytes
    }

    private func seatLine(_ entry: SeatTable.Entry, for port: Port, clock: String) -> [UInt8] {
        var data = entry.data
        if entry.part == .contactView { data = withContact(data) }
        let line = ServerLine.encode(entry.part.event, data)
        let event = EventLog.Entry(
            entry.part.event, LineBody(of: line), audience: .subscribers, contactId: data["contactId"]?.string,
            time: entry.time)
        guard port.interest.matches(event), let body = event.body else { return [] }
        let mark = #","existing":true"# + (entry.isStale ? #","stale":true"# : "")
        return body.bytes + mark.utf8
            + ServerLine.ending(clock: clock, time: entry.time, from: entry.author?.port)
    }

    /// `contact::init` and the event of the present state, for each contact.
    private func existingContacts(for port: Port) -> [UInt8] {
        var bytes: [UInt8] = []
        let skew = derivation.agent?.skew
        for item in ContactList(of: derivation.agent).items {
            let names = [.contactInit] + ContactTransition.events(from: .initial, to: item.contact.stateType)
            for name in names {
                let event = DerivedEvent(name, item, skew: skew)
                let line = ServerLine.encode(event.name, event.data)
                let entry = EventLog.Entry(
                    event.name, LineBody(of: line), audience: .subscribers, contactId: item.id, time: now.wall)
                guard port.interest.matches(entry), let body = entry.body else { continue }
                bytes += body.bytes + #","existing":true}"#.utf8 + [0x0A]
            }
        }
        return bytes
    }

    /// The data of `contact::view` with the contact added, like that of the other contact events.
    func withContact(_ data: JSON?) -> JSON {
        var object = data?.object ?? JSONObject()
        let id = object["contactId"]?.string
        let contacts = derivation.agent?.snapshot.contacts ?? []
        object["contact"] = contacts.first { $0.contactId == id }.map { .object($0.json) } ?? .null
        return .object(object)
    }
}

extension AgentData {
    /// How far the service's clock is ahead, in milliseconds.
    var skew: JSON? { snapshot.json["skew"] }
}
