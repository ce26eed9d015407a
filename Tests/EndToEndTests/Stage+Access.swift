import AgentModel
import Foundation
import Glibc
import Testing

/// Configuration files, and programs of other users.
extension Stage {
    private static let setpriv = URL(filePath: "/usr/bin/setpriv")
    /// Only root can be another user.
    static let mayBeAnother = geteuid() == 0 && FileManager.default.isExecutableFile(atPath: setpriv.path)

    var configurationFile: String { "\(folder)/partyline.yaml" }

    func write(_ text: String) throws {
        try text.write(toFile: configurationFile, atomically: true, encoding: .utf8)
    }

    func configure(_ rules: [String], _ more: String = "") throws {
        let list = rules.map { "\"\($0)\"" }.joined(separator: ", ")
        try write("access:\n  rules: [\(list)]\n" + more)
    }

    /// A chat that is offered, and known to the port.
    func readyOffer(_ port: Client) throws -> String {
        try offerChat("the-only-chat")
        try port.agent { $0.contact("the-only-chat")?.stateType == .connecting }
        return "the-only-chat"
    }

    /// Folder, socket and a copy of the client so that any user can use them.
    func openToOthers() throws {
        let manager = FileManager.default
        try manager.copyItem(at: Program.binary("partyline"), to: URL(filePath: "\(folder)/partyline"))
        try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/partyline")
        try manager.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
        try manager.setAttributes([.posixPermissions: 0o666], ofItemAtPath: socket)
    }

    /// `partyline status` of user 65534, whose groups are 65533 and 65532.
    func statusOfNobody() throws -> (status: Int32, printed: String, errors: String) {
        try Program.run(
            "setpriv",
            [
                "--reuid=65534", "--regid=65533", "--groups=65532", "\(folder)/partyline", "status", "--socket", socket,
            ], folder: folder, executable: Self.setpriv)
    }
}
