// SPDX-License-Identifier: Apache-2.0

/// Which unread events a subscriber is sent.
public enum SubscriptionMode: String, CaseIterable, Sendable {
    case all
    /// Only the newest event of each name.
    case latest
}
