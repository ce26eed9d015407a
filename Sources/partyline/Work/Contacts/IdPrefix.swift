// SPDX-License-Identifier: Apache-2.0

/// Finds things by an id that was typed whole or in part. Pure.
enum IdPrefix {
    /// The one thing with that id, else all whose ids begin with it; none for an empty text.
    static func matches<Thing>(_ typed: String, among things: [Thing], id: (Thing) -> String?) -> [Thing] {
        if let whole = things.first(where: { id($0) == typed }) { return [whole] }
        return typed.isEmpty ? [] : things.filter { id($0)?.hasPrefix(typed) == true }
    }
}
