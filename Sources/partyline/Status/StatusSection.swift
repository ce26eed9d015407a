import AgentModel
import StreamsProtocol

/// One row of the status: what it is about, and how it is.
struct StatusSection {
    let title: String
    let text: String

    init(_ title: String, _ text: String) {
        self.title = title
        self.text = text
    }

    /// What there is to say, with dots between.
    static func join(_ parts: [String?]) -> String {
        parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " · ")
    }
}

/// Instants of the status, as spans from now.
struct StatusTimes {
    /// Milliseconds since 1970.
    let now: Int64

    /// ` for 3 min`, since the part's `since`; empty if it has none.
    func since(_ part: JSON?) -> String {
        age(of: part?["since"]).map { " for \(Text.span(milliseconds: $0))" } ?? ""
    }

    func age(of instant: JSON?) -> Int? {
        instant?.string.flatMap { Timestamp.milliseconds($0) }.map { Int(max(0, now - $0)) }
    }

    func left(until instant: JSON?) -> Int? {
        instant?.string.flatMap { Timestamp.milliseconds($0) }.map { Int(max(0, $0 - now)) }
    }

    func until(_ instant: String) -> String {
        guard let expiry = Timestamp.milliseconds(instant) else { return "until \(instant)" }
        let left = Int(expiry - now)
        return left < 0
            ? "expired \(Text.span(milliseconds: -left)) ago" : "for another \(Text.span(milliseconds: left))"
    }
}
