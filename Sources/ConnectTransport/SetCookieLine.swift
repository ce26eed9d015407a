// SPDX-License-Identifier: Apache-2.0

/// A parsed `Set-Cookie` header (RFC 6265bis, 5.6).
struct SetCookieLine {
    let name: String
    let value: String
    private var attributes: [String: String] = [:]

    /// Nil if it is not a cookie: it has no name, or a control character.
    init?(_ header: String, attributeLimit: Int) {
        guard !header.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F }) else {
            return nil
        }
        let parts = header.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
        guard let pair = parts.first, let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
            return nil
        }
        name = String(Self.trimmed(pair[..<equals]))
        value = String(Self.trimmed(pair[pair.index(after: equals)...]))
        guard !name.isEmpty else { return nil }
        for part in parts.dropFirst() where part.utf8.count <= attributeLimit {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(Self.trimmed)
            guard let name = halves.first, !name.isEmpty else { continue }
            // The last of several attributes with the same name applies.
            attributes[name.lowercased()] = halves.count > 1 ? String(halves[1]) : ""
        }
    }

    var isSecure: Bool { attributes["secure"] != nil }

    /// Without a leading dot; nil if there is none.
    var domain: String? {
        var domain = attributes["domain"]?.lowercased() ?? ""
        if domain.hasPrefix(".") { domain.removeFirst() }
        return domain.isEmpty ? nil : domain
    }

    var path: String? { attributes["path"].flatMap { $0.hasPrefix("/") ? $0 : nil } }

    /// `Max-Age` takes precedence over `Expires`; nil without a valid one of them.
    func expiry(at now: Int64) -> Int64? {
        if let age = attributes["max-age"].flatMap({ Int64($0) }) {
            return age <= 0 ? 0 : now + min(age, 400 * 86_400) * 1000
        }
        return attributes["expires"].flatMap(HTTPDate.milliseconds)
    }

    /// Removes white space at both ends.
    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
