import StreamsProtocol

extension ConfigurationKey.Kind {
    /// What would be right, in words.
    var expectation: String {
        switch self {
        case .milliseconds: "a whole number of milliseconds, such as 5000"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .factor: "a number above 0 and up to 1000, such as 0.02"
        case .flag: "true or false"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .url: "a URL that begins with https:// (or http:// on loopback)"
        case .text: "text"
        case .path: "a path"
        case .accessRule: "a rule such as \(AccessRuleText.examples)"
        case .list(.accessRule): "a list of rules, such as [\"group=crm observer\", \"uid=1001 admin\"]"
        case .list(let element): "a list; each of it \(element.expectation)"
        }
    }

    /// What is wrong with a text as a value of this kind, to be said after the value; nil if nothing is.
    func fault(in text: String) -> String? {
        switch self {
        case .accessRule: AccessRuleText.fault(in: text)
        case .list(let element): Self.elements(of: text).lazy.compactMap { element.fault(in: $0) }.first
        default: accepts(text) ? nil : "is not \(expectation)"
        }
    }

    /// True if the text is a value of this kind.
    func accepts(_ text: String) -> Bool {
        switch self {
        case .milliseconds: (Int64(text) ?? -1) >= 0 && (Int64(text) ?? 0) <= 86_400_000
        case .integer(let range): Int(text).map(range.contains) ?? false
        case .factor: (Double(text) ?? 0) > 0 && (Double(text) ?? 0) <= 1000
        case .flag: text == "true" || text == "false"
        case .choice(let words): words.contains(text)
        case .url: PlainURL.isSafe(text)
        case .text: true
        case .path: !text.hasPrefix("~")
        case .accessRule, .list: fault(in: text) == nil
        }
    }

    /// The elements of a list as it stands in the environment and in `--set`: with commas between.
    static func elements(of text: String) -> [String] {
        guard text.contains(where: { !$0.isWhitespace }) else { return [] }
        return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}
