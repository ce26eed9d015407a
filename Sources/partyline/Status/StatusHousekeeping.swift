import AgentModel

/// What the daemon keeps, allows and has counted.
struct StatusHousekeeping {
    private let status: JSON

    init(_ status: JSON) { self.status = status }

    var sections: [StatusSection] {
        [
            .init("Event log", eventLog), .init("State", state), .init("Limits", limits), .init("Counted", counters),
            .init("Ports", ports),
        ]
    }

    private var eventLog: String {
        let log = status["eventLog"]
        let room = status["limits"]?["eventLogBytes"]?.int.map { " of \(Text.size($0))" } ?? ""
        let clocks = log?["clock"]?.string.map { clock in
            "clock \(clock)" + (log?["oldest"]?.string.map { ", kept after \($0)" } ?? "")
        }
        return StatusSection.join([
            log?["lines"]?.int.map { "\($0) lines" }, log?["bytes"]?.int.map { Text.size($0) + room }, clocks,
        ])
    }

    private var state: String {
        switch status["state"]?["kept"]?.string {
        case nil: ""
        case "none"?: "not kept over restarts"
        case let keeper?:
            StatusSection.join([
                "kept by \(keeper)", status["state"]?["place"]?.string,
                status["state"]?["bytes"]?.int.map { Text.size($0) },
            ])
        }
    }

    private var limits: String {
        guard let limits = status["limits"] else { return "" }
        let user = limits["uidPorts"]?.int.map { "\($0) ports a user" }
        let program = limits["programPorts"]?.int.map { "\($0) a program" }
        let requests = limits["requests"]?.int.map { "\($0) requests a port" }
        let unread = limits["replyBytes"]?.int.map { "\(Text.size($0)) unread" }
        let line = limits["lineBytes"]?.int.map { "lines of \(Text.size($0))" }
        return StatusSection.join([user, program, requests, unread, line])
    }

    /// What happened at all; most of these are somebody's trouble.
    private var counters: String {
        let words = [
            ("connections", "connections"), ("refusedConnections", "refused"), ("badLines", "bad lines"),
            ("unknownEvents", "unknown events"), ("ignoredConfigures", "configures ignored"),
            ("refusedMessages", "messages without permission"), ("limitedRequests", "requests beyond a limit"),
            ("lags", "lags"),
        ]
        return StatusSection.join(
            words.map { member, noun in
                status["counters"]?[member]?.int.flatMap { $0 > 0 ? "\($0) \(noun)" : nil }
            })
    }

    private var ports: String {
        guard let count = status["ports"]?["count"]?.int else { return "" }
        return StatusSection.join(["\(count)"] + (status["ledger"]?["users"]?.array ?? []).map(user))
    }

    private func user(_ user: JSON) -> String? {
        guard let uid = user["uid"]?.int, let ports = user["ports"]?.int else { return nil }
        let limit = status["limits"]?["uidPorts"]?.int.map { " of \($0)" } ?? ""
        let count = user["requests"]?.int ?? 0
        let requests = count == 1 ? ", 1 request under way" : ", \(count) requests under way"
        return "uid \(uid): \(ports)\(limit)" + (count > 0 ? requests : "")
    }
}
