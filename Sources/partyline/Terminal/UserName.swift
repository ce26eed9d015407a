// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The login names of this machine's users. The daemon knows users by number: a lookup may ask a directory server and take
/// seconds.
enum UserName {
    /// Nil if no user has this number.
    static func of(_ uid: UInt32) -> String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var text = [CChar](repeating: 0, count: 16384)
        guard getpwuid_r(uid, &entry, &text, text.count, &found) == 0, found != nil else { return nil }
        return String(cString: entry.pw_name)
    }

    /// The text with the name beside each number that follows the word "user", as the daemon's messages write it.
    static func named(_ text: String, _ name: (UInt32) -> String? = of) -> String {
        var words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for index in words.indices.dropFirst() where words[index - 1] == "user" {
            let digits = words[index].prefix { $0.isASCII && $0.isNumber }
            guard let name = UInt32(digits).flatMap(name) else { continue }
            words[index] = "\(name) (\(digits))\(words[index].dropFirst(digits.count))"
        }
        return words.joined(separator: " ")
    }
}
