import AgentModel
import StreamsProtocol

@testable import ConduitCore

/// What every line of the daemon has to be.
enum FuzzLine {
    /// One JSON object with an event, and one newline, at its end.
    @discardableResult
    static func check(_ line: [UInt8]) throws(FuzzFault) -> JSON {
        let text = line.dropLast()
        guard line.last == 0x0A, !text.contains(0x0A), let value = try? JSON(parsing: text, depthLimit: 256),
            value["event"]?.string?.isEmpty == false
        else { throw FuzzFault("a line that is none: \(String(decoding: line.prefix(400), as: UTF8.self))") }
        return value
    }

    /// The place in a clock, whatever its run.
    static func position(_ clock: JSON?) -> LogPosition? {
        clock?.string?.split(separator: ":").last.flatMap { LogPosition($0) }
    }

    /// The role that a client needs for what is asked in its name.
    static func role(for request: ConduitRequest) -> Role {
        switch request {
        case .status: .presence
        case .agent: .observer
        case .configure, .terminate, .setLogLevel, .reload: .admin
        default: .operator
        }
    }
}
