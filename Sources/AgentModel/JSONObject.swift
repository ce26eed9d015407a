/// The members of a JSON object, in the order they came.
///
/// Objects on this wire are small (the largest has some thirty members), so a member is found by walking; an index
/// would cost more than it saves.
public struct JSONObject: Sendable {
    /// Names and values, in order; no name twice.
    public private(set) var members: [(name: String, value: JSON)]

    public init() { members = [] }

    /// An object of these members; of two with one name the later counts.
    public init(_ members: [(String, JSON)]) {
        self.members = []
        self.members.reserveCapacity(members.count)
        for (name, value) in members { self[name] = value }
    }

    /// An object of members whose names are known to differ: what a parser has checked already.
    public init(distinct members: [(name: String, value: JSON)]) { self.members = members }

    /// The member of that name. Setting it replaces it where it stands, appends it, or (nil) removes it.
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

    /// JSON knows no normalization: two names are one only if they have the same code points, unlike Swift's `==`.
    static func same(_ left: String, _ right: String) -> Bool {
        // Most names differ in length already, and bytes side by side are compared many at a time.
        guard left.utf8.count == right.utf8.count else { return false }
        let isSame = left.utf8.withContiguousStorageIfAvailable { left in
            right.utf8.withContiguousStorageIfAvailable { left.elementsEqual($0) }
        }
        return (isSame ?? nil) ?? left.utf8.elementsEqual(right.utf8)
    }

    /// True if there is no member.
    public var isEmpty: Bool { members.isEmpty }

    /// The names, in order.
    public var names: [String] { members.map(\.name) }

    /// The same names, each value changed; nil drops the member.
    public func compactMapValues(_ change: (String, JSON) -> JSON?) -> JSONObject {
        JSONObject(
            distinct: members.compactMap { member in
                change(member.name, member.value).map { (member.name, $0) }
            })
    }
}

extension JSONObject: Equatable {
    /// Two objects are equal if they have the same members, in whatever order: order carries no meaning in JSON.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.members.count == right.members.count else { return false }
        return zip(left.members, right.members).allSatisfy { same($0.name, $1.name) && $0.value == $1.value }
            || left.members.allSatisfy { right[$0.name] == $0.value }
    }
}
