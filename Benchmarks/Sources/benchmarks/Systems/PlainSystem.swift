// SPDX-License-Identifier: Apache-2.0
extension FanOutSystem {
    /// The plain fan-out in C, in its own process: this program's command `serve-plain`.
    static func plain(isGathering: Bool, _ setting: Setting, in stage: Stage) throws -> FanOutSystem {
        let name = isGathering ? SystemName.gathering : .plain
        let address = Address.unix(stage.path("\(name).sock"))
        let arguments = ["serve-plain", stage.path("\(name).sock")] + (isGathering ? ["--gathering"] : [])
        let child = try Child(setting.ownPath, arguments, in: stage.folder)
        try child.wait(for: "connection to the plain fan-out") { address.isListening }
        let detail = isGathering ? "plain, with one write for the lines of one read" : "C, one write per delivery"
        return FanOutSystem(
            name: name.rawValue, detail: detail, address: address, dialect: LineDialect(side: .silent), child: child)
    }
}
