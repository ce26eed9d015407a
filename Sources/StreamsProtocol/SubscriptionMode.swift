/// What a subscriber is sent of events that it has not read yet.
public enum SubscriptionMode: String, CaseIterable, Sendable {
    /// Every one.
    case all
    /// Of each name the newest only.
    case latest
}
