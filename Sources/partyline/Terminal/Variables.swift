import Glibc

/// The few variables that the command reads.
enum Variables {
    /// A variable's value; nil where it is missing or empty.
    static func value(_ name: String) -> String? {
        guard let text = getenv(name) else { return nil }
        let value = String(cString: text)
        return value.isEmpty ? nil : value
    }

    /// What the rule for the socket's path looks at.
    static var forSocketPath: [String: String] {
        var result: [String: String] = [:]
        for name in ["PARTYLINE_SOCKET", "XDG_RUNTIME_DIR"] { result[name] = value(name) }
        return result
    }
}
