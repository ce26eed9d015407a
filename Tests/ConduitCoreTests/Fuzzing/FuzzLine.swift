// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

@testable import ConduitCore

/// Invariants of the daemon's lines.
enum FuzzLine {
    /// Requires one JSON object with an event, and a single newline at the end.
    @discardableResult
    static func check(_ line: [UInt8]) throws(FuzzFault) -> JSON {
        let text = line.dropLast()
        guard line.last == 0x0A, !text.contains(0x0A), let value = try? JSON(parsing: text, depthLimit: 256),
            value["event"]?.string?.isEmpty == false
        else { throw FuzzFault("an invalid line: \(String(decoding: line.prefix(400), as: UTF8.self))") }
        return value
    }

    /// The position in a clock of any run.
    static func position(_ clock: JSON?) -> LogPosition? {
        clock?.string?.split(separator: ":").last.flatMap { LogPosition($0) }
    }

    /// The least role of a port on whose behalf the request is made.
    static func role(for request: ConduitRequest) -> Role {
        switch request {
        case .status, .agent: .presence
        case .configure, .terminate, .setLogLevel, .reload: .admin
        default: .operator
        }
    }
}
