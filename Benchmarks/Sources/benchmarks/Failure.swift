// SPDX-License-Identifier: Apache-2.0

/// The reason why something could not be measured, for the user.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
