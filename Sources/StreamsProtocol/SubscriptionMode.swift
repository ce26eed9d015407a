/// What a subscriber is sent of events that it has not read yet.
public enum SubscriptionMode: String, CaseIterable, Sendable {
    case all
    /// Of each name the newest only.
    case latest
}
