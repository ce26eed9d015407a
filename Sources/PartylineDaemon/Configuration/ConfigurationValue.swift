/// The check of one value, the same for file, environment and flags.
enum ConfigurationValue {
    /// What is wrong with a key's value, or nil. A list has commas between its elements.
    static func fault(_ text: String, _ key: ConfigurationKey) -> String? {
        guard case .list(let element) = key.kind else { return fault(text, key.kind, of: key) }
        return ConfigurationKey.Kind.elements(of: text).lazy.compactMap { fault($0, element, of: key) }.first
    }

    /// What is wrong with a value of that kind, or with one element of a list.
    static func fault(_ text: String, _ kind: ConfigurationKey.Kind, of key: ConfigurationKey) -> String? {
        guard let fault = kind.fault(in: text) else { return nil }
        // A proxy's or a URL's value may hold a password: it is not repeated.
        let shown = kind == .url || key.path == "proxy.https" ? "the value" : "\"\(text.prefix(64))\""
        return "\(key.path): \(shown) \(fault)"
    }
}
