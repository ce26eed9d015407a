// SPDX-License-Identifier: Apache-2.0

/// A JSON object that preserves the order of its members.
///
/// Lookup is linear: objects of this protocol are small (at most about thirty members), so an index would cost more than it
/// saves.
public struct JSONObject: Sendable {
    /// Names are unique.
    public private(set) var members: [(name: String, value: JSON)]

    public init() { members = [] }

    /// If a name occurs twice, the later value replaces the earlier one in its place.
    public init(_ members: [(String, JSON)]) {
        self.members = []
        self.members.reserveCapacity(members.count)
        for (name, value) in members { self[name] = value }
    }

    /// - Parameter members: must have unique names. This is not checked.
    public init(distinct members: [(name: String, value: JSON)]) { self.members = members }

    /// Setting a member replaces it in place or appends it; setting it to nil removes it.
    public subscript(_ name: String) -> JSON? {
        get { members.first { Self.same($0.name, name) }?.value }
        set {
            let place = members.firstIndex { Self.same($0.name, name) }
            switch (place, newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append((name, value))
            case (nil, nil): break
            }
        }
    }

    /// Compares code points, because JSON has no Unicode normalization. Swift's `==` compares canonical equivalence.
    static func same(_ left: String, _ right: String) -> Bool {
        // For speed: most names already differ in length, and contiguous bytes are compared many at a time.
        guard left.utf8.count == right.utf8.count else { return false }
        let isSame = left.utf8.withContiguousStorageIfAvailable { left in
            right.utf8.withContiguousStorageIfAvailable { left.elementsEqual($0) }
        }
        return (isSame ?? nil) ?? left.utf8.elementsEqual(right.utf8)
    }

    public var isEmpty: Bool { members.isEmpty }

    /// In order.
    public var names: [String] { members.map(\.name) }

    /// Transforms the values; drops members for which `change` returns nil.
    public func compactMapValues(_ change: (String, JSON) -> JSON?) -> JSONObject {
        JSONObject(
            distinct: members.compactMap { member in
                change(member.name, member.value).map { (member.name, $0) }
            })
    }
}

extension JSONObject: Equatable {
    /// Ignores the order of members, which has no meaning in JSON.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.members.count == right.members.count else { return false }
        return zip(left.members, right.members).allSatisfy { same($0.name, $1.name) && $0.value == $1.value }
            || left.members.allSatisfy { right[$0.name] == $0.value }
    }
}
