// SPDX-License-Identifier: Apache-2.0

/// The shape of a value on the CTI service's wire.
indirect enum Shape: Equatable, Sendable {
    case string
    case boolean
    case number
    /// Epoch seconds with a fraction on the wire; RFC 3339 on the socket.
    case timestamp
    case list(Shape)
    case map(Shape)
    case structure([Member])

    struct Member: Equatable, Sendable {
        let name: String
        let shape: Shape
        let isRequired: Bool

        static func required(_ name: String, _ shape: Shape) -> Member {
            Member(name: name, shape: shape, isRequired: true)
        }

        static func optional(_ name: String, _ shape: Shape) -> Member {
            Member(name: name, shape: shape, isRequired: false)
        }
    }
}
