/// What this build calls itself.
public enum Partyline {
    /// The version of daemon, command line and client library; they are released together.
    public static let version = "0.1.0"
    /// The version of the socket protocol.
    public static let protocolVersion = 1
}
