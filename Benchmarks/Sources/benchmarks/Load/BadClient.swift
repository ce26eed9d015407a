import Foundation
import Glibc

/// What a bad program does.
enum Misbehaviour: String, CaseIterable {
    case spins
    case neverReads = "never-reads"
    case asksAndNeverReads = "asks-and-never-reads"
    case readsSlowly = "reads-slowly"
    case garbage
    case floods
    case comesAndGoes = "comes-and-goes"

    var words: String {
        switch self {
        case .spins: "spins, does not connect"
        case .neverReads: "never reads"
        case .asksAndNeverReads: "asks and never reads"
        case .readsSlowly: "reads a byte a second"
        case .garbage: "sends garbage"
        case .floods: "floods requests"
        case .comesAndGoes: "opens and closes 1,000 times a second"
        }
    }
}

/// A bad program: it does one thing until its time is over, and remembers what it was told.
struct BadClient {
    let address: Address
    let until: UInt64
    private var verdicts = Verdicts()
    private var room = [UInt8](repeating: 0, count: 64 << 10)
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

    /// The errors, reasons and lags that it was told of.
    var told: String {
        ((connections > 1 ? ["\(connections) connections"] : []) + verdicts.counts.mostFrequent).joined(separator: "; ")
    }

    // MARK: Its ways

    private static let garbage = bytes(String(repeating: "}{ \u{1} garbage \"\\x ]\n", count: 3000))
    private static let request = #"{"event":"partyline::request","data":{"requestId":1,"method":"getStatus"}}"# + "\n"
    private static let requests = bytes(String(repeating: request, count: 1000))

    private static func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

    /// Reads at the end only, to hear the verdict.
    private mutating func neverRead(asking: Bool) {
        guard let connection = connect() else { return }
        if asking { _ = write(Self.requests, to: connection) }
        while Clock.now < until {
            if asking { _ = write(Self.bytes(Self.request), to: connection) }
            Clock.sleep(asking ? 0.01 : 0.1)
        }
        listen(connection, seconds: 0.5)
    }

    private mutating func readSlowly() {
        guard let connection = connect() else { return }
        while Clock.now < until {
            _ = take(connection, most: 1)
            Clock.sleep(1)
        }
        listen(connection, seconds: 0.5)
    }

    /// As much as the socket takes, again and again; closed, it comes back ten times a second.
    private mutating func pour(_ bytes: ArraySlice<UInt8>, isReading: Bool) {
        while Clock.now < until, let connection = connect() {
            var isOpen = true
            var rest = bytes
            while isOpen, Clock.now < until {
                let count = write(rest, to: connection)
                rest = count < rest.count ? rest.dropFirst(max(0, count)) : bytes
                isOpen = count >= 0 && (!isReading || take(connection) >= 0)
                // The socket is full: a busy loop of refused writes would be the machine's load, not the daemon's.
                if count == 0 { Clock.sleep(0.000_1) }
            }
            listen(connection, seconds: 0.1)
            Clock.sleep(0.1)
        }
    }

    private mutating func comeAndGo() {
        let start = Clock.now
        var due: UInt64 = 0
        while case let now = Clock.now, now < until {
            while due < (now - start) / 1_000_000 {
                due += 1
                // Reading one line in a hundred tells what it is told without slowing it down.
                if let connection = connect(), due.isMultiple(of: 100) { listen(connection, seconds: 0.001) }
            }
            Clock.sleep(0.000_2)
        }
    }

    // MARK: The socket

    private mutating func connect() -> Descriptor? {
        guard let descriptor = try? address.connect() else { return nil }
        descriptor.stopBlocking()
        connections += 1
        verdicts.begin()
        return descriptor
    }

    /// How much was written: 0 if the socket takes nothing now, below that if it is over.
    private func write(_ bytes: ArraySlice<UInt8>, to connection: Descriptor) -> Int {
        let count = bytes.withUnsafeBytes { send(connection.number, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        return count < 0 && errno == EAGAIN ? 0 : count
    }

    /// Reads what there is, at most so much; the same results as `write`.
    private mutating func take(_ connection: Descriptor, most: Int = .max) -> Int {
        let count = room.withUnsafeMutableBytes { room in
            let count = read(connection.number, room.baseAddress, min(most, room.count))
            if count > 0 { verdicts.note(UnsafeRawBufferPointer(rebasing: room[..<count])) }
            return count
        }
        guard count > 0 else { return count < 0 && errno == EAGAIN ? 0 : -1 }
        return count
    }

    private mutating func listen(_ connection: Descriptor, seconds: Double) {
        let end = Clock.now + seconds.nanoseconds
        while Clock.now < end {
            let count = take(connection)
            if count < 0 { return }
            if count == 0 { Clock.sleep(0.000_5) }
        }
    }
}
