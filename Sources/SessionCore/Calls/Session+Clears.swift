// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// A `call` of clearContact right after one that ends the contact waits for a snapshot in which the contact is over. The
/// next snapshot wakes it, which the long poll returns as soon as the contact changes. An `api_request` is sent at once, as
/// in Streams.
extension Session {
    /// A client's call is about to be sent.
    mutating func noteEnding(_ ticket: RequestTicket, _ operation: CTIOperation, _ params: JSON) {
        guard let id = params["contactId"]?.string, let contact = knownContact(id), !contact.canBeCleared else {
            return
        }
        switch operation {
        case .destroyContact: endings.begin(id, ticket)
        // Hanging up ends the contact for the agent; without another leg it goes on.
        case .destroyConnection:
            let own = contact.agentConnection?.connectionId
            if own != nil, own == params["connectionId"]?.string { endings.begin(id, ticket) }
        default: break
        }
    }

    /// Returns true if the call waits.
    mutating func waitsForEnd(
        _ ticket: RequestTicket, _ operation: CTIOperation, _ params: JSON, _ deadline: Int64?
    ) -> Bool {
        guard case .call(let number) = ticket, operation == .clearContact, let id = params["contactId"]?.string,
            endings.isEnding(id)
        else { return false }
        let limit = deadline ?? settings.timers.callTimeout
        endings.wait(
            ContactEndings.Clear(number: number, contactId: id, params: params, deadline: now.uptime + limit))
        // Before the client's own deadline: the reply can then say that nothing was sent. Not scaled, like that deadline.
        actions.append(.schedule(.clear(number), after: limit - min(250, limit / 4)))
        return true
    }

    /// A snapshot arrived.
    mutating func settleEndings() {
        guard !endings.isEmpty else { return }
        let contacts = snapshots.snapshot?.contacts ?? []
        for id in endings.contactIds.sorted() {
            let contact = contacts.first { $0.contactId == id }
            guard contact?.canBeCleared != false else { continue }
            for clear in endings.ended(id) { contact == nil ? cleared(clear) : send(clear) }
        }
    }

    /// A call that ends a contact failed. The service decides about the clears that waited for it.
    mutating func endingFailed(_ ticket: RequestTicket) {
        for clear in endings.failed(ticket) { send(clear) }
    }

    mutating func clearTimedOut(_ number: UInt64) {
        guard let clear = endings.take(number) else { return }
        let error = ServiceError(
            type: "InvalidStateException", message: "the contact is not over yet, so clearContact was not sent",
            status: 400)
        actions.append(.answer(.call(clear.number), .failure(.service(error))))
    }

    /// Answers those that wait with this failure, and forgets which contacts are being ended.
    mutating func abandonClears(_ failure: CallOutcome.Failure) {
        for clear in endings.clears {
            actions.append(.unschedule(.clear(clear.number)))
            actions.append(.answer(.call(clear.number), .failure(failure)))
        }
        endings = ContactEndings()
    }

    private mutating func send(_ clear: ContactEndings.Clear) {
        actions.append(.unschedule(.clear(clear.number)))
        callService(.call(clear.number), .clearContact, clear.params, clear.deadline - now.uptime)
    }

    /// The contact has gone by itself, or another client has cleared it: that is what the client wants.
    private mutating func cleared(_ clear: ContactEndings.Clear) {
        actions.append(.unschedule(.clear(clear.number)))
        actions.append(.answer(.call(clear.number), .success([:])))
    }

    private func knownContact(_ id: String) -> ContactData? {
        snapshots.snapshot?.contacts.first { $0.contactId == id }
    }
}

extension ContactData {
    /// True in the states in which clearContact works.
    fileprivate var canBeCleared: Bool {
        stateType.map { [.ended, .missed, .rejected, .error].contains($0) } ?? false
    }
}
