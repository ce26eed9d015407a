// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The contacts that clients are ending, and the `call`s of clearContact that wait for their end: the service refuses to clear
/// a contact before it is over, and tells that only with a later snapshot.
struct ContactEndings: Equatable {
    /// A contact that a client ends, from the request until a snapshot shows that it is over.
    struct Ending: Equatable {
        let contactId: String
        /// The request that ends it.
        let ticket: RequestTicket
    }

    /// A clearContact that has not been sent.
    struct Clear: Equatable {
        /// The number of its `call`.
        let number: UInt64
        let contactId: String
        let params: JSON
        /// When its client stops waiting, on the clock of `Moment.uptime`.
        let deadline: Int64
    }

    /// The oldest are dropped; a clearContact then fails as without this.
    private static let limit = 64
    /// A longer id is none of the service's.
    private static let idLimit = 1024

    private(set) var endings: [Ending] = []
    private(set) var clears: [Clear] = []

    var isEmpty: Bool { endings.isEmpty && clears.isEmpty }

    /// The contacts to look for in a snapshot.
    var contactIds: Set<String> { Set(endings.map(\.contactId) + clears.map(\.contactId)) }

    func isEnding(_ contactId: String) -> Bool { endings.contains { $0.contactId == contactId } }

    mutating func begin(_ contactId: String, _ ticket: RequestTicket) {
        guard contactId.utf8.count <= Self.idLimit else { return }
        endings = endings.suffix(Self.limit - 1) + [Ending(contactId: contactId, ticket: ticket)]
    }

    mutating func wait(_ clear: Clear) { clears.append(clear) }

    /// The request failed. Returns the clears that wait for nothing any more.
    mutating func failed(_ ticket: RequestTicket) -> [Clear] {
        let ended = endings.filter { $0.ticket == ticket }.map(\.contactId)
        endings.removeAll { $0.ticket == ticket }
        return ended.filter { !isEnding($0) }.flatMap { takeClears(of: $0) }
    }

    /// The contact is over. Returns the clears that waited for that.
    mutating func ended(_ contactId: String) -> [Clear] {
        endings.removeAll { $0.contactId == contactId }
        return takeClears(of: contactId)
    }

    /// Nil if it does not wait any more.
    mutating func take(_ number: UInt64) -> Clear? {
        guard let index = clears.firstIndex(where: { $0.number == number }) else { return nil }
        return clears.remove(at: index)
    }

    private mutating func takeClears(of contactId: String) -> [Clear] {
        defer { clears.removeAll { $0.contactId == contactId } }
        return clears.filter { $0.contactId == contactId }
    }
}
