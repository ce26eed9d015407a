// SPDX-License-Identifier: Apache-2.0
public enum Partyline {
    /// The version of the daemon, the command line and the client library, which are released together.
    public static let version = "0.1.0"
    public static let protocolVersion = 1
}
