import StreamsProtocol

/// Who owns which topic: the softphone's audio, the ringtone, the login window must be one port's business at a time.
struct Masters: Equatable {
    private var owners: [String: PortID] = [:]

    func owner(of topic: String) -> PortID? { owners[topic] }

    /// More topics than any Streams has names for: of one port, and of all.
    static let portLimit = 32
    private static let limit = 1024

    /// False if the port has as many topics as it may have, or all ports have.
    func mayTake(_ port: PortID, _ topic: String) -> Bool {
        guard let owner = owners[topic] else { return owners.count < Self.limit && hasRoom(port) }
        return owner == port || hasRoom(port)
    }

    private func hasRoom(_ port: PortID) -> Bool { owners.values.count { $0 == port } < Self.portLimit }

    /// Takes a topic, and says whether it was somebody else's.
    mutating func become(_ port: PortID, _ topic: String) -> Bool {
        let before = owners.updateValue(port, forKey: topic)
        return before != nil && before != port
    }

    /// A port that goes loses its topics; nobody is told.
    mutating func leave(_ port: PortID) { owners = owners.filter { $0.value != port } }

    /// How many topics have an owner.
    var count: Int { owners.count }
}
