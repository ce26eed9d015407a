/// Something that a port holds: a reply's bytes or a place for a request. It gives that back when it goes.
///
/// It is kept beside what it was charged for, and goes with it.
final class Charge {
    enum Resource { case bytes, requests }

    private let resource: Resource
    private let amount: Int
    private var account: PortAccount?

    init(_ resource: Resource, _ amount: Int, of account: PortAccount) {
        self.resource = resource
        self.amount = amount
        self.account = account
    }

    deinit { release() }

    /// Gives it back before the object goes. Once: again it does nothing.
    func release() {
        guard let account else { return }
        self.account = nil
        account.release(resource, amount)
    }
}
