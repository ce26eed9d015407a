// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import Glibc
import Testing

/// Configuration files, and programs that run as another user.
extension Stage {
    private static let setpriv = URL(filePath: "/usr/bin/setpriv")
    /// Needs root and setpriv(1).
    static let canRunAsOtherUser = geteuid() == 0 && FileManager.default.isExecutableFile(atPath: setpriv.path)

    var configurationFile: String { "\(folder)/partyline.yaml" }

    func write(_ text: String) throws {
        try text.write(toFile: configurationFile, atomically: true, encoding: .utf8)
    }

    func configure(_ rules: [String], _ more: String = "") throws {
        let list = rules.map { "\"\($0)\"" }.joined(separator: ", ")
        try write("access:\n  rules: [\(list)]\n" + more)
    }

    /// Offers a chat and waits until the port has received it.
    func readyOffer(_ port: Client) throws -> String {
        try offerChat("the-only-chat")
        try port.agent { $0.contact("the-only-chat")?.stateType == .connecting }
        return "the-only-chat"
    }

    /// Makes the folder, the socket and a copy of the client accessible to every user.
    func openToOthers() throws {
        let manager = FileManager.default
        try manager.copyItem(at: Program.binary("partyline"), to: URL(filePath: "\(folder)/partyline"))
        try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/partyline")
        try manager.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
        try manager.setAttributes([.posixPermissions: 0o666], ofItemAtPath: socket)
    }

    /// Runs `partyline status` as user 65534, in the groups 65533 and 65532.
    func statusOfNobody() throws -> (status: Int32, printed: String, errors: String) {
        try Program.run(
            "setpriv",
            [
                "--reuid=65534", "--regid=65533", "--groups=65532", "\(folder)/partyline", "status", "--socket", socket,
            ], folder: folder, executable: Self.setpriv)
    }
}
