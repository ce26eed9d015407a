// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// The kinds of misbehaviour. The raw value is the argument of the command `misbehave`.
enum Misbehaviour: String, CaseIterable {
    case spins
    case neverReads = "never-reads"
    case asksAndNeverReads = "asks-and-never-reads"
    case readsSlowly = "reads-slowly"
    case garbage
    case floods
    case comesAndGoes = "comes-and-goes"

    /// The name in the table.
    var label: String {
        switch self {
        case .spins: "spins, does not connect"
        case .neverReads: "never reads"
        case .asksAndNeverReads: "sends requests, never reads"
        case .readsSlowly: "reads one byte per second"
        case .garbage: "sends garbage"
        case .floods: "floods requests"
        case .comesAndGoes: "opens and closes 1,000 connections per second"
        }
    }
}

/// A client that misbehaves in one way for a given time, and counts the errors that it receives.
struct BadClient {
    let address: Address
    let until: UInt64
    private var errors = ErrorTally()
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var connections = 0

    init(address: Address, until: UInt64) {
        self.address = address
        self.until = until
    }

    mutating func run(_ kind: Misbehaviour) {
        switch kind {
        case .spins: while Clock.now < until {}
        case .neverReads: neverRead(asking: false)
        case .asksAndNeverReads: neverRead(asking: true)
        case .readsSlowly: readSlowly()
        case .garbage: pour(Self.garbage, isReading: false)
        case .floods: pour(Self.requests, isReading: true)
        case .comesAndGoes: comeAndGo()
        }
    }

    /// The most frequent errors, close reasons and lags that were received.
    var received: String {
        ((connections > 1 ? ["\(connections) connections"] : []) + errors.counts.mostFrequent).joined(separator: "; ")
    }

    // MARK: Misbehaviour

    private static let garbage = bytes(String(repeating: "}{ \u{1} garbage \"\\x ]\n", count: 3000))
    private static let request = #"{"event":"partyline::request","data":{"requestId":1,"method":"getStatus"}}"# + "\n"
    private static let requests = bytes(String(repeating: request, count: 1000))

    private static func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

    /// Reads only at the end, to receive the daemon's errors.
    private mutating func neverRead(asking: Bool) {
        guard let connection = connect() else { return }
        if asking { _ = write(Self.requests, to: connection) }
        while Clock.now < until {
            if asking { _ = write(Self.bytes(Self.request), to: connection) }
            Clock.sleep(asking ? 0.01 : 0.1)
        }
        readErrors(connection, seconds: 0.5)
    }

    private mutating func readSlowly() {
        guard let connection = connect() else { return }
        while Clock.now < until {
            _ = receive(connection, most: 1)
            Clock.sleep(1)
        }
        readErrors(connection, seconds: 0.5)
    }

    /// Writes as much as the socket accepts. If the daemon closes the connection, reconnects ten times per second.
    private mutating func pour(_ bytes: ArraySlice<UInt8>, isReading: Bool) {
        while Clock.now < until, let connection = connect() {
            var isOpen = true
            var rest = bytes
            while isOpen, Clock.now < until {
                let count = write(rest, to: connection)
                rest = count < rest.count ? rest.dropFirst(max(0, count)) : bytes
                isOpen = count >= 0 && (!isReading || receive(connection) >= 0)
                // The socket is full: retrying in a busy loop would load the machine, not the daemon.
                if count == 0 { Clock.sleep(0.000_1) }
            }
            readErrors(connection, seconds: 0.1)
            Clock.sleep(0.1)
        }
    }

    private mutating func comeAndGo() {
        let start = Clock.now
        var due: UInt64 = 0
        while case let now = Clock.now, now < until {
            while due < (now - start) / 1_000_000 {
                due += 1
                // Reading on every connection would slow the client down: one in a hundred is a sufficient sample.
                if let connection = connect(), due.isMultiple(of: 100) { readErrors(connection, seconds: 0.001) }
            }
            Clock.sleep(0.000_2)
        }
    }

    // MARK: The socket

    private mutating func connect() -> Descriptor? {
        guard let descriptor = try? address.connect() else { return nil }
        descriptor.stopBlocking()
        connections += 1
        errors.reset()
        return descriptor
    }

    /// - Returns: the number of bytes written: 0 if the socket's buffer is full, negative if the connection is closed.
    private func write(_ bytes: ArraySlice<UInt8>, to connection: Descriptor) -> Int {
        let count = bytes.withUnsafeBytes { send(connection.number, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        return count < 0 && errno == EAGAIN ? 0 : count
    }

    /// - Returns: the number of bytes read: 0 if none are available, negative if the connection is closed.
    private mutating func receive(_ connection: Descriptor, most: Int = .max) -> Int {
        let count = buffer.withUnsafeMutableBytes { buffer in
            let count = read(connection.number, buffer.baseAddress, min(most, buffer.count))
            if count > 0 { errors.add(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            return count
        }
        guard count > 0 else { return count < 0 && errno == EAGAIN ? 0 : -1 }
        return count
    }

    private mutating func readErrors(_ connection: Descriptor, seconds: Double) {
        let end = Clock.now + seconds.nanoseconds
        while Clock.now < end {
            let count = receive(connection)
            if count < 0 { return }
            if count == 0 { Clock.sleep(0.000_5) }
        }
    }
}
