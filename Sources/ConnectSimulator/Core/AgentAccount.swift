// SPDX-License-Identifier: Apache-2.0

/// The account that the agent signs in with. Neither a lock nor missing access ends open sessions or tokens.
struct AgentAccount: Sendable, Equatable {
    /// The account is locked after this many wrong passwords in a row; 0: only by a control step.
    let lockAfter: Int
    private(set) var isLocked = false
    /// Whether the agent may use the contact control panel.
    var hasAccess = true
    private var wrongPasswords = 0

    init(lockAfter: Int) { self.lockAfter = lockAfter }

    /// Counts a wrong password. The one that locks the account is still answered as a wrong one.
    /// - Throws: a fault if the password is wrong or the account was locked before.
    mutating func enter(isRightPassword: Bool) throws(ServiceFault) {
        guard !isLocked else { throw .accountLocked }
        guard isRightPassword else {
            wrongPasswords += 1
            isLocked = lockAfter > 0 && wrongPasswords >= lockAfter
            throw .wrongPassword
        }
        wrongPasswords = 0
    }

    mutating func setLocked(_ isLocked: Bool) {
        self.isLocked = isLocked
        // With the old count, the next wrong password would lock the account again.
        if !isLocked { wrongPasswords = 0 }
    }

    var json: JSON { ["locked": .bool(isLocked), "access": .bool(hasAccess)] }
}
