// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

@testable import ConduitCore

/// The fuzzers' entry points: bytes in, a fault or nothing out.
///
/// The fuzzers are a package of their own, Tests/Fuzzing. The normal tests run their corpora.
enum FuzzEntry: String, CaseIterable, Sendable {
    /// The bytes of a client: lines, JSON, messages.
    case lines
    /// The whole conduit: ports with their lines and reads, agents, answers, time, restarts.
    case conduit
    /// The segments of a state journal.
    case state
    /// Patterns, clocks, timestamps and URLs.
    case names

    /// Runs one input. Throws a fault unless the process has trapped.
    func run(_ bytes: [UInt8]) throws(FuzzFault) {
        switch self {
        case .lines: try FuzzLines.run(bytes)
        case .conduit: try FuzzScript.run(bytes)
        case .state: try FuzzState.run(bytes)
        case .names: try FuzzNames.run(bytes)
        }
    }
}

extension FuzzEntry {
    /// Initializes lazy globals, whose memory the leak checker would report.
    func warmUp() {
        _ = (CommandTable.events.count, CommandTable.methods.count, CommandTable.description.isEmpty)
        _ = CommandTable.isVisible("x", to: .presence)
        _ = Derivation.names
    }
}

/// A violated invariant.
struct FuzzFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    static func unless(_ holds: Bool, _ text: @autoclosure () -> String) throws(FuzzFault) {
        if !holds { throw FuzzFault(text()) }
    }

    /// The value, or a fault.
    static func need<Value>(_ value: Value?, _ text: @autoclosure () -> String) throws(FuzzFault) -> Value {
        guard let value else { throw FuzzFault(text()) }
        return value
    }
}

/// Consumes an input. At its end bytes are zero and texts empty.
struct FuzzInput {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isEmpty: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// The next decimal digits, at most twelve.
    mutating func number() -> Int {
        let digits = rest.prefix(12).prefix { (0x30...0x39).contains($0) }
        rest = rest.dropFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// The bytes before the next newline, which is consumed.
    mutating func line() -> [UInt8] { Array(take(until: 0x0A)) }

    /// The text before the next space, which is consumed.
    mutating func word() -> String { String(decoding: take(until: 0x20), as: UTF8.self) }

    mutating func remainder() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }

    mutating func text() -> String { String(decoding: remainder(), as: UTF8.self) }

    private mutating func take(until end: UInt8) -> ArraySlice<UInt8> {
        let part = rest.prefix { $0 != end }
        rest = rest.dropFirst(part.count + 1)
        return part
    }
}
