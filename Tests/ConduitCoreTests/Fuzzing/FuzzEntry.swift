import StreamsProtocol

@testable import ConduitCore

/// What a fuzzer can be set on: bytes in, and nothing out but a fault.
///
/// The fuzzers themselves are a package of their own, Tests/Fuzzing; the normal tests run what they once found.
enum FuzzEntry: String, CaseIterable, Sendable {
    /// A client's bytes: lines, JSON, messages.
    case lines
    /// The conduit as a whole: ports, what they say and read, agents, answers, time, restarts.
    case conduit
    /// The segments of a state journal.
    case state
    /// Patterns, clocks, instants and addresses.
    case names

    /// Takes an input. What must not be is thrown, if it did not end the process already.
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
    /// Makes what is made once and kept.
    func warmUp() {
        _ = (CommandTable.events.count, CommandTable.methods.count, CommandTable.description.text)
        _ = CommandTable.isVisible("x", to: .presence)
        _ = Derivation.names
    }
}

/// Something that must hold did not.
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

/// Takes an input apart. It never ends: what is not there is zero or empty.
struct FuzzInput {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isEmpty: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// The decimal digits that come next, twelve at most.
    mutating func number() -> Int {
        let digits = rest.prefix(12).prefix { (0x30...0x39).contains($0) }
        rest = rest.dropFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// What comes before the next newline, which is taken too.
    mutating func line() -> [UInt8] { Array(take(until: 0x0A)) }

    /// The text before the next space, which is taken too.
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
