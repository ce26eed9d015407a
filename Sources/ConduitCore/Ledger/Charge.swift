// SPDX-License-Identifier: Apache-2.0

/// A port's share of a limit: the bytes of a reply, or one request. Deinitialization releases it.
///
/// The owner stores it beside the reply or the request, so that both go at the same time.
final class Charge {
    enum Resource {
        case bytes, requests
        /// Bytes of a port's first agent.
        case agent
    }

    private let resource: Resource
    private let amount: Int
    private var account: PortAccount?

    init(_ resource: Resource, _ amount: Int, of account: PortAccount) {
        self.resource = resource
        self.amount = amount
        self.account = account
    }

    deinit { release() }

    /// Releases the charge before deinitialization. Later calls have no effect.
    func release() {
        guard let account else { return }
        self.account = nil
        account.release(resource, amount)
    }
}
