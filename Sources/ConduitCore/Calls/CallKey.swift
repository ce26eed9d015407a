// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// An idempotency key of one user. Keys are compared byte by byte, because JSON has no Unicode normalization; Swift's `==`
/// on strings would treat canonically equivalent keys as equal.
struct CallKey: Hashable {
    let uid: UInt32
    let bytes: [UInt8]

    init(uid: UInt32, text: String) {
        self.uid = uid
        bytes = Array(text.utf8)
    }
}

/// Identifies a call's method and parameters without storing them: a 64-bit hash and a length. The order of object members
/// has no effect.
///
/// The hash has a new random seed in each run, so a client cannot prepare two calls with the same digest.
struct CallDigest: Equatable {
    let hash: UInt64
    let length: Int

    init(_ method: String, _ params: JSON) {
        var length = 0
        var hasher = Hasher()
        Self.add(method, to: &hasher, &length)
        hasher.combine(Self.hash(params, &length))
        hash = Self.finish(hasher)
        self.length = length
    }

    private static func hash(_ value: JSON, _ length: inout Int) -> UInt64 {
        var hasher = Hasher()
        length += 1
        switch value {
        case .null: hasher.combine(0)
        case .bool(let flag): hasher.combine(flag ? 1 : 2)
        case .number(let number):
            hasher.combine(3)
            add(number.literal, to: &hasher, &length)
        case .string(let text):
            hasher.combine(4)
            add(text, to: &hasher, &length)
        case .array(let elements):
            hasher.combine(5)
            for element in elements { hasher.combine(hash(element, &length)) }
        case .object(let object):
            hasher.combine(6)
            hasher.combine(members(object, &length))
        }
        return finish(hasher)
    }

    /// Adds up the members' hashes: a sum does not depend on the order of the members.
    private static func members(_ object: JSONObject, _ length: inout Int) -> UInt64 {
        var sum: UInt64 = 0
        for member in object.members {
            var hasher = Hasher()
            add(member.name, to: &hasher, &length)
            hasher.combine(hash(member.value, &length))
            sum &+= finish(hasher)
        }
        return sum
    }

    private static func add(_ text: String, to hasher: inout Hasher, _ length: inout Int) {
        var text = text
        text.withUTF8 { bytes in
            hasher.combine(bytes.count)
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
            length += bytes.count
        }
    }

    private static func finish(_ hasher: Hasher) -> UInt64 { UInt64(bitPattern: Int64(hasher.finalize())) }
}
