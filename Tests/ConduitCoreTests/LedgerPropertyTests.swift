// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ConduitCore

@Suite("Random openings, charges, releases and closings")
struct LedgerPropertyTests {
    @Test(
        "sums are right, reserves are available, limits hold, no charge is left",
        arguments: [(1, false), (2, true)] as [(UInt64, Bool)])
    func steps(seed: UInt64, reloads: Bool) {
        var model = Model(seed: seed)
        for step in 0..<50_000 {
            var fault = model.step(reloads: reloads)
            // A wrong sum stays wrong: checking every 16th step is enough.
            if step % 16 == 0 { fault = fault ?? model.sums() ?? (reloads ? nil : model.bounds()) }
            if let fault {
                Issue.record("seed \(seed), step \(step): \(fault)")
                return
            }
        }
        #expect(model.refusals.keys.sorted() == LedgerLimit.allCases.map(\.rawValue).sorted())
        #expect(model.sums() == nil)
        model.ports = []
        #expect(model.ledger.usage == LedgerUsage(users: []))
    }
}

/// A model with the same rules that adds up all charges each time.
private struct Model {
    struct Port {
        let uid: UInt32
        let pid: Int32
        /// Nil after it was closed. Its charges may still exist.
        var account: PortAccount?
        var bytes: [(size: Int, charge: Charge)] = []
        var requests: [Charge] = []

        var size: Int {
            var sum = 0
            for held in bytes { sum += held.size }
            return sum
        }
    }

    let ledger: Ledger
    var ports: [Port] = []
    var refusals: [String: Int] = [:]
    private var random: Numbers
    private var limits: LedgerLimits

    init(seed: UInt64) {
        limits = LedgerLimits()
        limits.portBytes = 1000
        limits.programBytes = 1800
        limits.uidBytes = 2500
        limits.portRequests = 6
        limits.programRequests = 8
        limits.uidRequests = 10
        limits.uidPorts = 8
        limits.ports = 20
        limits.fewPorts = 3
        limits.programPorts = 4
        limits.reserveBytes = 100
        limits.reserveRequests = 2
        ledger = Ledger(limits: limits)
        random = Numbers(state: seed)
    }

    private func of(_ uid: UInt32) -> [Port] { ports.filter { $0.uid == uid } }

    private func sum(_ uid: UInt32, _ part: (Port) -> Int) -> Int {
        var sum = 0
        for port in ports where port.uid == uid { sum += part(port) }
        return sum
    }

    /// The same for one program: all ports of a process, or a single port if its pid is 0.
    private func sum(ofProgram index: Int, _ part: (Port) -> Int) -> Int {
        let own = ports[index]
        guard own.pid > 0 else { return part(own) }
        return ports.reduce(0) { $0 + ($1.uid == own.uid && $1.pid == own.pid ? part($1) : 0) }
    }

    /// Does a random step and returns what is wrong with its outcome.
    mutating func step(reloads: Bool) -> String? {
        if reloads, random.below(100) == 0 {
            limits.uidBytes = 500 + random.below(3000)
            limits.portBytes = 50 + random.below(1500)
            limits.programBytes = 300 + random.below(2000)
            limits.uidRequests = random.below(12)
            limits.programRequests = 1 + random.below(10)
            limits.uidPorts = 4 + random.below(8)
            ledger.limits = limits
        }
        guard let index = ports.indices.randomElement(using: &random) else { return open() }
        defer { ports.removeAll { $0.account == nil && $0.bytes.isEmpty && $0.requests.isEmpty } }
        switch random.below(12) {
        case 0, 1: return open()
        case 2, 3, 4: return charge(index)
        case 5, 6: return chargeRequest(index)
        case 7: if random.below(3) == 0 { ports[index].account = nil }
        case 8, 9: if !ports[index].bytes.isEmpty { release(index) }
        default: if !ports[index].requests.isEmpty { ports[index].requests.removeLast() }
        }
        return nil
    }

    private mutating func release(_ index: Int) {
        let which = random.below(ports[index].bytes.count)
        let charge = ports[index].bytes.remove(at: which).charge
        // Sometimes before the charge is destroyed, and twice.
        if random.below(4) == 0 {
            charge.release()
            charge.release()
        }
    }

    private mutating func open() -> String? {
        let uid = UInt32(1 + random.below(3))
        let pid = Int32(random.below(4))
        let siblings = of(uid)
        let expected: LedgerLimit? =
            ports.count >= ledger.limits.ports - (siblings.count < ledger.limits.fewPorts ? 0 : 5)
            ? .ports
            : pid > 0 && siblings.count { $0.pid == pid } >= limits.programPorts
                ? .programPorts : siblings.count >= limits.uidPorts ? .uidPorts : nil
        switch ledger.open(uid: uid, pid: pid) {
        case .success(let account):
            ports.append(Port(uid: uid, pid: pid, account: account))
            return expected.map { "a port was let in against \($0)" }
        case .failure(let refusal): return check(refusal, expected)
        }
    }

    private mutating func charge(_ index: Int) -> String? {
        guard let account = ports[index].account else { return nil }
        let size = [random.below(30), random.below(150), random.below(1400)][random.below(3)]
        let own = ports[index].size
        let all = sum(ports[index].uid) { $0.size }
        var expected: LedgerLimit?
        let program = sum(ofProgram: index) { $0.size }
        let isLarge = own + size > limits.reserveBytes
        if isLarge, all > 0, all + size > limits.uidBytes { expected = .uidBytes }
        if isLarge, program > 0, program + size > limits.programBytes { expected = .programBytes }
        if own > 0, own + size > limits.portBytes { expected = .portBytes }
        if size == 0 { expected = nil }
        switch account.charge(bytes: size) {
        case .success(let charge):
            ports[index].bytes.append((size, charge))
            return expected.map { "\(size) bytes were granted against \($0)" }
        case .failure(let refusal):
            if own + size <= min(limits.reserveBytes, limits.portBytes) { return "the reserve was refused" }
            return check(refusal, expected)
        }
    }

    private mutating func chargeRequest(_ index: Int) -> String? {
        guard let account = ports[index].account else { return nil }
        let own = ports[index].requests.count
        let all = sum(ports[index].uid) { $0.requests.count }
        let program = sum(ofProgram: index) { $0.requests.count }
        var expected: LedgerLimit?
        if own >= limits.reserveRequests, all >= limits.uidRequests { expected = .uidRequests }
        if program >= limits.programRequests { expected = .programRequests }
        if own >= limits.portRequests { expected = .portRequests }
        switch account.chargeRequest() {
        case .success(let charge):
            ports[index].requests.append(charge)
            return expected.map { "a request was granted against \($0)" }
        case .failure(let refusal):
            let isOver = program >= limits.programRequests
            if !isOver, own < min(limits.reserveRequests, limits.portRequests) { return "the reserve was refused" }
            return check(refusal, expected)
        }
    }

    private mutating func check(_ refusal: LedgerRefusal, _ expected: LedgerLimit?) -> String? {
        refusals[refusal.limit, default: 0] += 1
        return refusal.kind == expected ? nil : "refused by \(refusal.kind), not by \(String(describing: expected))"
    }

    /// Compares the ledger's sums with the ports' charges.
    func sums() -> String? {
        let users = Set(ports.map(\.uid)).sorted().map { uid in
            let own = of(uid)
            return LedgerUsage.User(
                uid: uid, programs: Set(own.map(\.pid).filter { $0 > 0 }).count, ports: own.count,
                bytes: own.reduce(0) { $0 + $1.size }, requests: own.reduce(0) { $0 + $1.requests.count })
        }
        let usage = ledger.usage
        if usage.users != users { return "the ledger has \(usage.users), the ports hold \(users)" }
        for port in ports {
            guard let account = port.account else { continue }
            if account.bytes != port.size || account.requests != port.requests.count { return "a port's sums" }
        }
        return nil
    }

    /// Checks that only reserves and a port's single reply exceed limits.
    func bounds() -> String? {
        for user in ledger.usage.users {
            let reserves = user.ports
            if user.ports > limits.uidPorts { return "user \(user.uid) has \(user.ports) ports" }
            if user.bytes > limits.uidBytes + reserves * limits.reserveBytes { return "\(user.bytes) bytes" }
            if user.requests > limits.uidRequests + reserves * limits.reserveRequests {
                return "\(user.requests) requests"
            }
        }
        for port in ports {
            if port.size > limits.portBytes, port.bytes.count(where: { $0.size > 0 }) > 1 {
                return "a port holds \(port.size) bytes"
            }
            if port.requests.count > limits.portRequests { return "a port has \(port.requests.count) requests" }
        }
        return nil
    }
}

/// SplitMix64: the same sequence on every machine.
private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}
