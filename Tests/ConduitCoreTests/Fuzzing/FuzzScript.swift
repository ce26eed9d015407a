// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

@testable import ConduitCore

/// Events for a conduit, one step per line. A line's first byte is the kind of step; unknown kinds are skipped.
///
///     o<slot><role>        connects a client: 0-3 are the roles, 4 a refused user, 5 the daemon's user
///     ><slot><line>        sends a line; q<slot><codes> a line encoded in a few bytes
///     m<slot><lines>       sends several lines in one read, separated by tabs
///     T<slot>              sends a line above the limit
///     r<slot><bytes>       reads that many bytes, or everything; R the same as a late port
///     h<slot><bytes>       leaves that many bytes pending in the daemon
///     x<slot>              disconnects
///     z<slot>              reconnects and subscribes to everything since its last clock
///     a<json>              a new agent; b<codes> one encoded in a few bytes; A<contact> accepted; f forgets the agent
///     p<name> <json>       an event of the session; l<level><text> an entry of the daemon's log
///     n<index><json>       answers a pending request; e<index><text> with an error
///     w<ms>                advances the time; W<ms> sets the wall clock
///     s<letter><number>    changes a setting
///     k                    kills the daemon; K<bytes> during the next persist; d<reason> shuts it down
enum FuzzScript {
    static func run(_ bytes: [UInt8]) throws(FuzzFault) {
        let stage = try FuzzStage()
        var script = FuzzInput(bytes)
        var steps = 0
        while !script.isEmpty, steps < 80 {
            try step(script.line(), stage)
            steps += 1
        }
        try stage.finish()
    }

    static func step(_ line: [UInt8], _ stage: FuzzStage) throws(FuzzFault) {
        var step = FuzzInput(line)
        try perform(step.byte(), &step, stage)
    }

    private static func perform(_ kind: UInt8, _ step: inout FuzzInput, _ stage: FuzzStage) throws(FuzzFault) {
        switch UnicodeScalar(kind) {
        case "o", ">", "q", "m", "T", "r", "R", "h", "x", "z": try client(kind, step.byte() & 7, &step, stage)
        case "a", "b", "A", "f", "p", "l", "n", "e": try session(kind, &step, stage)
        case "w": try stage.advance(Int64(min(step.number(), 10_000_000)))
        case "W": stage.wall = Int64(step.number())
        case "s": try change(step.byte(), step.number(), stage)
        case "k": try stage.restart()
        case "K": stage.cut = step.number()
        case "d":
            stage.isDown = true
            try stage.handle(.shutdown(reason: step.text()))
        default: break
        }
    }

    private static func client(
        _ kind: UInt8, _ slot: UInt8, _ step: inout FuzzInput, _ stage: FuzzStage
    ) throws(FuzzFault) {
        let port = stage.slots[slot]
        switch UnicodeScalar(kind) {
        case "o": try stage.open(slot: slot, uid: uid(step.byte()), pid: Int32(step.number() & 3) + 1)
        case ">": try stage.send(slot: slot, step.remainder())
        case "q": try stage.send(slot: slot, FuzzRequest.line(step.remainder()))
        case "m": try stage.send(slot: slot, lines: step.remainder().split(separator: 0x09))
        case "x": try stage.hangUp(slot: slot)
        case "z": try stage.resume(slot: slot)
        default:
            guard let port else { return }
            let bytes = step.isEmpty ? Int.max : step.number()
            switch UnicodeScalar(kind) {
            case "T": try stage.handle(.lineTooLong(port))
            case "h": try stage.handle(.buffered(port, bytes: min(bytes, 1 << 30)))
            default: try stage.read(port, budget: bytes, isLate: kind == UInt8(ascii: "R"))
            }
        }
    }

    private static func session(_ kind: UInt8, _ step: inout FuzzInput, _ stage: FuzzStage) throws(FuzzFault) {
        switch UnicodeScalar(kind) {
        case "a":
            if let agent = (try? JSON(parsing: step.remainder())).flatMap({ AgentData(json: $0) }) {
                try stage.handle(.agent(agent))
            }
        case "b": try stage.handle(.agent(FuzzAgent.agent(step.remainder())))
        case "A": try stage.handle(.accepted(contactId: step.text()))
        case "f": try stage.handle(.forgetAgent)
        case "p":
            let name = step.word()
            guard !name.isEmpty, !EventName.isReserved(name) else { return }
            try stage.handle(.publish(name, (try? JSON(parsing: step.remainder())).map { RawJSON($0) }))
        case "l":
            let levels = LogLevel.allCases
            let level = levels[Int(step.byte()) % levels.count]
            try stage.handle(.logged(DaemonLogEntry(level: level, message: step.text(), fields: ["a": "b"])))
        case "n":
            let index = Int(step.byte())
            let value = (try? JSON(parsing: step.remainder())) ?? [:]
            try stage.answer(index, error: nil, value)
        default:
            let index = Int(step.byte())
            try stage.answer(index, error: step.text(), .null)
        }
    }

    private static func change(_ which: UInt8, _ number: Int, _ stage: FuzzStage) throws(FuzzFault) {
        let number = min(max(1, number), 1 << 24)
        switch UnicodeScalar(which) {
        case "b": stage.settings.badLineLimit = number
        case "B": stage.settings.logBytes = number
        case "L": stage.settings.logLines = number
        case "s": stage.settings.supersededBytes = number
        case "p": stage.settings.ledger.portBytes = number
        case "u": stage.settings.ledger.uidBytes = number
        case "r": stage.settings.ledger.portRequests = number
        case "R": stage.settings.ledger.uidRequests = number
        case "P": stage.settings.ledger.uidPorts = number
        case "Q": stage.settings.ledger.programPorts = number
        case "q": stage.settings.requestsPerSecond = number
        case "Z": stage.settings.requestBurst = number
        case "c": stage.settings.connectedCCPsPerSecond = number
        case "C": stage.settings.acceptsConfigure.toggle()
        default: return
        }
        try stage.handle(.settings(stage.settings))
    }

    private static func uid(_ byte: UInt8) -> UInt32 {
        let roles = Role.allCases
        switch byte & 7 {
        case 4: return 9999
        case 5: return FuzzStage.owner
        case let index: return FuzzStage.uid(of: roles[Int(index) % roles.count])
        }
    }
}

extension FuzzStage {
    static let owner: UInt32 = 1000

    static func uid(of role: Role) -> UInt32 { 2000 + UInt32(Role.allCases.firstIndex(of: role) ?? 0) }

    /// Low limits, so that a short script reaches them.
    static func settings(_ epoch: String) -> ConduitSettings {
        let rules = Role.allCases.map { AccessRule(.user(uid(of: $0)), $0) }
        var settings = ConduitSettings(epoch: epoch, access: AccessRules(ownUid: owner, rules: rules))
        settings.keepsState = true
        settings.badLineLimit = 5
        settings.logBytes = 16_384
        settings.logLines = 64
        settings.supersededBytes = 4096
        settings.requestsPerSecond = 20
        settings.requestBurst = 40
        settings.shortConnections = 6
        settings.connectedCCPsPerSecond = 5
        settings.ledger.portBytes = 8192
        settings.ledger.uidBytes = 32_768
        settings.ledger.reserveBytes = 1024
        settings.ledger.portRequests = 6
        settings.ledger.uidRequests = 8
        settings.ledger.reserveRequests = 2
        settings.ledger.uidPorts = 4
        settings.ledger.programPorts = 3
        return settings
    }
}
