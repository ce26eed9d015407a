// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The owner of each topic. Only one port at a time may own the softphone's audio, the ringtone or the login window.
struct Masters: Equatable {
    private var owners: [String: PortID] = [:]

    func owner(of topic: String) -> PortID? { owners[topic] }

    /// The most topics of one port: more than Streams has names for.
    static let portLimit = 32
    /// The most topics of all ports together.
    private static let limit = 1024

    /// False if the port, or all ports together, have reached their limit.
    func mayTake(_ port: PortID, _ topic: String) -> Bool {
        guard let owner = owners[topic] else { return owners.count < Self.limit && hasRoom(port) }
        return owner == port || hasRoom(port)
    }

    private func hasRoom(_ port: PortID) -> Bool { owners.values.count { $0 == port } < Self.portLimit }

    /// Makes a port the owner of a topic; returns true if another port owned it.
    mutating func become(_ port: PortID, _ topic: String) -> Bool {
        let before = owners.updateValue(port, forKey: topic)
        return before != nil && before != port
    }

    /// Releases the topics of a port that closes. No event is sent.
    mutating func leave(_ port: PortID) { owners = owners.filter { $0.value != port } }

    var count: Int { owners.count }
}
