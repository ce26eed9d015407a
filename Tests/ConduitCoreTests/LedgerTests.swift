// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ConduitCore

@Suite("Limits of ports, programs and users")
struct LedgerTests {
    @Test("the default limits")
    func defaults() {
        let limits = LedgerLimits()
        #expect(limits.portBytes == 4_194_304 && limits.uidBytes == 67_108_864)
        #expect(limits.portRequests == 64 && limits.uidRequests == 256)
        #expect(limits.programBytes == 16_777_216 && limits.programRequests == 128)
        #expect(limits.uidPorts == 4096 && limits.programPorts == 2048)
        #expect(limits.reserveBytes == 65_536 && limits.reserveRequests == 4)
    }

    // MARK: Programs

    @Test("a program at its limit leaves the user's bytes to other programs, and released bytes count again")
    func programBytes() throws {
        var limits = LedgerLimits()
        (limits.programBytes, limits.uidBytes, limits.reserveBytes) = (100, 400, 20)
        let ledger = Ledger(limits: limits)
        let hoarders = try (0..<5).map { _ in try ledger.open(uid: 1, pid: 7).get() }
        var held = try hoarders[..<2].map { try $0.charge(bytes: 50).get() }
        guard case .failure(let refusal) = hoarders[2].charge(bytes: 21) else { return #expect(Bool(false)) }
        #expect(refusal.limit == "limits.programReplyBytes" && refusal.held == 100)
        #expect(refusal.message.contains("process 7"))
        held.append(try hoarders[2].charge(bytes: 20).get())
        let sister = try ledger.open(uid: 1, pid: 8).get()
        held.append(try sister.charge(bytes: 280).get())
        held.removeFirst(2)
        held.append(try hoarders[3].charge(bytes: 80).get())
    }

    @Test("ports' reserves do not raise a program's limit of requests")
    func programRequests() throws {
        var limits = LedgerLimits()
        (limits.programRequests, limits.uidRequests, limits.reserveRequests) = (10, 15, 4)
        let ledger = Ledger(limits: limits)
        let hoarders = try (0..<5).map { _ in try ledger.open(uid: 1, pid: 7).get() }
        var held: [Charge] = []
        for place in 0..<10 { held.append(try hoarders[place / 4].chargeRequest().get()) }
        guard case .failure(let refusal) = hoarders[4].chargeRequest() else { return #expect(Bool(false)) }
        #expect(refusal.limit == "limits.programRequests" && refusal.held == 10)
        let sister = try ledger.open(uid: 1, pid: 8).get()
        for _ in 0..<5 { held.append(try sister.chargeRequest().get()) }
        #expect(throws: LedgerRefusal.self) { try sister.chargeRequest().get() }
        held.removeFirst()
        held.append(try hoarders[4].chargeRequest().get())
    }

    // MARK: Bytes

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        /// The bytes of the port itself and of another port of its user, one charge each.
        let own: Int
        let sister: Int
        let asked: Int
        let refusedBy: String?
        var testDescription: String { name }
    }

    /// With 100 bytes per port, 150 per user and a reserve of 20.
    private static let examples = [
        Case(name: "the port's whole limit", own: 0, sister: 0, asked: 100, refusedBy: nil),
        Case(name: "up to the port's limit", own: 60, sister: 0, asked: 40, refusedBy: nil),
        Case(name: "one byte above the port's limit", own: 60, sister: 0, asked: 41, refusedBy: "limits.replyBytes"),
        Case(name: "one reply larger than the limit", own: 0, sister: 10, asked: 140, refusedBy: nil),
        Case(name: "nothing more after it", own: 140, sister: 0, asked: 1, refusedBy: "limits.replyBytes"),
        Case(name: "up to the user's limit", own: 21, sister: 90, asked: 39, refusedBy: nil),
        Case(
            name: "one byte above the user's limit", own: 21, sister: 90, asked: 40, refusedBy: "limits.uidReplyBytes"),
        Case(
            name: "more than the reserve at a full user", own: 0, sister: 130, asked: 21,
            refusedBy: "limits.uidReplyBytes"),
        Case(name: "the reserve at a full user", own: 0, sister: 150, asked: 20, refusedBy: nil),
        Case(name: "the rest of the reserve", own: 15, sister: 149, asked: 5, refusedBy: nil),
        Case(
            name: "more than the rest of the reserve", own: 15, sister: 149, asked: 6, refusedBy: "limits.uidReplyBytes"
        ),
        Case(name: "one reply larger than all limits", own: 0, sister: 0, asked: 1000, refusedBy: nil),
        Case(
            name: "both limits exceeded: the port's is reported", own: 90, sister: 150, asked: 20,
            refusedBy: "limits.replyBytes"),
        Case(name: "zero bytes with every limit full", own: 140, sister: 150, asked: 0, refusedBy: nil),
        Case(name: "a negative size releases nothing", own: 10, sister: 0, asked: -5, refusedBy: nil),
    ]

    @Test("bytes: the port's limit, then the user's, and a reserve per port", arguments: examples)
    func bytes(_ example: Case) throws {
        let ledger = Ledger(limits: LedgerLimits())
        let sister = try ledger.open(uid: 1, pid: 1).get()
        let port = try ledger.open(uid: 1, pid: 2).get()
        let held = try [port.charge(bytes: example.own).get(), sister.charge(bytes: example.sister).get()]
        ledger.limits = Self.small
        switch port.charge(bytes: example.asked) {
        case .success(let charge):
            #expect(example.refusedBy == nil)
            #expect(port.bytes == example.own + max(0, example.asked))
            withExtendedLifetime(charge) {}
        case .failure(let refusal):
            #expect(refusal.limit == example.refusedBy)
            #expect(port.bytes == example.own)
        }
        #expect(ledger.usage.bytes == example.own + example.sister)
        withExtendedLifetime(held) {}
    }

    private static var small: LedgerLimits {
        var limits = LedgerLimits()
        limits.portBytes = 100
        limits.uidBytes = 150
        limits.reserveBytes = 20
        return limits
    }

    @Test("each user has limits of their own")
    func users() throws {
        let ledger = Ledger(limits: Self.small)
        let full = try ledger.open(uid: 1, pid: 1).get()
        let other = try ledger.open(uid: 2, pid: 1).get()
        let held = try [full.charge(bytes: 150).get(), other.charge(bytes: 100).get()]
        #expect(ledger.usage.users.map(\.bytes) == [150, 100])
        withExtendedLifetime(held) {}
    }

    // MARK: Requests

    @Test("requests: the port's limit, then the user's, and a reserve per port")
    func requests() throws {
        var limits = LedgerLimits()
        limits.portRequests = 5
        limits.uidRequests = 7
        limits.reserveRequests = 2
        let ledger = Ledger(limits: limits)
        let ports = try (1...3).map { try ledger.open(uid: 1, pid: $0).get() }
        var held: [Charge] = []
        for _ in 0..<5 { held.append(try ports[0].chargeRequest().get()) }
        #expect(refused(ports[0].chargeRequest()) == "limits.requests")
        for _ in 0..<2 { held.append(try ports[1].chargeRequest().get()) }
        // The user is at the limit: only reserves are left.
        #expect(refused(ports[1].chargeRequest()) == "limits.uidRequests")
        for _ in 0..<2 { held.append(try ports[2].chargeRequest().get()) }
        #expect(refused(ports[2].chargeRequest()) == "limits.uidRequests")
        #expect(ports.map(\.requests) == [5, 2, 2])
        // Nine requests are pending. The port gets another one after three are answered.
        held.removeFirst(2)
        #expect(refused(ports[2].chargeRequest()) == "limits.uidRequests")
        held.removeFirst()
        held.append(try ports[2].chargeRequest().get())
        #expect(ledger.usage.requests == 7)
    }

    @Test("a reserve does not raise the port's own limit")
    func reserveBelowTheLimit() throws {
        var limits = Self.small
        limits.reserveBytes = 1000
        limits.portRequests = 1
        let ledger = Ledger(limits: limits)
        let port = try ledger.open(uid: 1, pid: 1).get()
        let held = try [port.charge(bytes: 100).get(), port.chargeRequest().get()]
        #expect(refused(port.charge(bytes: 1)) == "limits.replyBytes")
        #expect(refused(port.chargeRequest()) == "limits.requests")
        withExtendedLifetime(held) {}
    }

    // MARK: Ports

    @Test("ports: the program's limit, then the user's")
    func ports() throws {
        var limits = LedgerLimits()
        limits.programPorts = 2
        limits.uidPorts = 3
        let ledger = Ledger(limits: limits)
        var ports = try [1, 1, 2].map { try ledger.open(uid: 1, pid: $0).get() }
        #expect(refused(ledger.open(uid: 1, pid: 1)) == "limits.programPorts")
        #expect(refused(ledger.open(uid: 1, pid: 2)) == "limits.uidPorts")
        #expect(refused(ledger.open(uid: 1, pid: 3)) == "limits.uidPorts")
        // The same pid of another user is another program.
        ports.append(try ledger.open(uid: 2, pid: 1).get())
        #expect(ledger.usage.users.map(\.ports) == [3, 1])
        #expect(ledger.usage.users.map(\.programs) == [2, 1])
        ports.removeFirst()
        ports.append(try ledger.open(uid: 1, pid: 1).get())
        #expect(ledger.usage.ports == 4)
    }

    @Test("ports with pid 0 belong to no program")
    func pidZero() throws {
        var limits = LedgerLimits()
        limits.programPorts = 1
        limits.uidPorts = 3
        let ledger = Ledger(limits: limits)
        let ports = try (0..<3).map { _ in try ledger.open(uid: 1, pid: 0).get() }
        #expect(refused(ledger.open(uid: 1, pid: 0)) == "limits.uidPorts")
        #expect(ledger.usage.users.map(\.programs) == [0])
        withExtendedLifetime(ports) {}
    }

    // MARK: Release

    @Test("charges are released when their owner is destroyed")
    func release() throws {
        let ledger = Ledger(limits: Self.small)
        var port: PortAccount? = try ledger.open(uid: 1, pid: 1).get()
        var held: [Charge] = []
        held.append(try #require(port).charge(bytes: 10).get())
        held.append(try #require(port).charge(bytes: 5).get())
        held.append(try #require(port).chargeRequest().get())
        #expect(ledger.usage.users == [.init(uid: 1, programs: 1, ports: 1, bytes: 15, requests: 1)])
        held.removeFirst()
        #expect(ledger.usage.users == [.init(uid: 1, programs: 1, ports: 1, bytes: 5, requests: 1)])
        // A closed port counts until its last charge is released.
        port = nil
        #expect(ledger.usage.users == [.init(uid: 1, programs: 1, ports: 1, bytes: 5, requests: 1)])
        held = []
        #expect(ledger.usage == LedgerUsage(users: []))
    }

    @Test("an explicit release is final, and may be repeated")
    func earlyRelease() throws {
        let ledger = Ledger(limits: Self.small)
        let port = try ledger.open(uid: 1, pid: 1).get()
        let kept = try port.charge(bytes: 10).get()
        var charge: Charge? = try port.charge(bytes: 7).get()
        var request: Charge? = try port.chargeRequest().get()
        for _ in 0..<2 {
            charge?.release()
            request?.release()
            #expect(port.bytes == 10 && port.requests == 0)
        }
        charge = nil
        request = nil
        #expect(ledger.usage.users == [.init(uid: 1, programs: 1, ports: 1, bytes: 10, requests: 0)])
        withExtendedLifetime(kept) {}
    }

    @Test("reconnecting does not renew the reserves of pending requests")
    func leftBehind() throws {
        var limits = LedgerLimits()
        limits.uidRequests = 2
        limits.reserveRequests = 1
        limits.programPorts = 10
        let ledger = Ledger(limits: limits)
        var underWay: [Charge] = []
        for _ in 0..<1000 {
            guard case .success(let port) = ledger.open(uid: 1, pid: 1) else { continue }
            for _ in 0..<5 { if case .success(let charge) = port.chargeRequest() { underWay.append(charge) } }
        }
        #expect(underWay.count == 11)
    }

    @Test("a ledger is freed after its last port and charge")
    func noCycle() throws {
        weak var gone: Ledger?
        var held: [Charge] = []
        do {
            let ledger = Ledger(limits: LedgerLimits())
            gone = ledger
            held.append(try ledger.open(uid: 1, pid: 1).get().chargeRequest().get())
        }
        // The pending charge keeps the ledger alive.
        #expect(gone?.usage.requests == 1)
        held = []
        #expect(gone == nil)
    }

    // MARK: A reload

    @Test("lower limits leave existing charges, and apply to new ones")
    func reload() throws {
        let ledger = Ledger(limits: LedgerLimits())
        let ports = try (0..<3).map { _ in try ledger.open(uid: 1, pid: 1).get() }
        var held = try [ports[0].charge(bytes: 500).get(), ports[0].chargeRequest().get()]
        ledger.limits = Self.small
        ledger.limits.portRequests = 1
        ledger.limits.programPorts = 2
        #expect(ports[0].bytes == 500 && ledger.usage.ports == 3)
        #expect(refused(ports[0].charge(bytes: 1)) == "limits.replyBytes")
        #expect(refused(ports[0].chargeRequest()) == "limits.requests")
        #expect(refused(ports[1].charge(bytes: 21)) == "limits.uidReplyBytes")
        #expect(refused(ledger.open(uid: 1, pid: 1)) == "limits.programPorts")
        held.append(try ports[1].charge(bytes: 20).get())
        ledger.limits = LedgerLimits()
        held.append(try ports[0].charge(bytes: 1000).get())
        #expect(ledger.usage.bytes == 1520)
    }

    private func refused<Value>(_ result: Result<Value, LedgerRefusal>) -> String? {
        if case .failure(let refusal) = result { refusal.limit } else { nil }
    }
}
