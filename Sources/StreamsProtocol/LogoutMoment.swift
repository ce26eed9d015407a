// SPDX-License-Identifier: Apache-2.0

/// When a logout happens: `params.when` of the request `logout`.
public enum LogoutMoment: String, CaseIterable, Sendable {
    /// At once; refused while the agent has a contact.
    case idle
    /// When the agent's last contact has gone.
    case free
    /// At once; contacts are left to the service.
    case now
    /// Not any more: withdraws a logout that waits for the last contact.
    case never
}
