/// What the ports of one program hold together: of one process of a user.
///
/// It is known to its user as long as the program has a port; sums are kept by the ports' accounts.
final class ProgramAccount {
    var ports = 0
    var bytes = 0
    var requests = 0
}
