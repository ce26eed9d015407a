public import AgentModel
import StreamsProtocol

extension Conduit {
    /// What `getStatus` says of the downstream half.
    public var status: JSONObject {
        let list = ports.values.sorted { $0.id < $1.id }.map { portStatus($0) }
        return JSONObject([
            ("ports", ["count": .int(portCount), "list": .array(list)]), ("eventLog", logStatus),
            ("ledger", ledger.usage.json), ("counters", counterStatus), ("limits", limitStatus),
        ])
    }

    private var logStatus: JSON {
        [
            "clock": .string(clock), "lines": .int(log.entries.count), "bytes": .int(log.bytes),
            "first": .int(Int(log.first)), "next": .int(Int(log.end)), "oldest": .string(clock(log.lastDropped)),
            "supersededBytes": .int(log.supersededBytes), "formerRuns": .int(clocks.formerRuns.count),
        ]
    }

    private var counterStatus: JSON {
        [
            "connections": .int(counters.connections), "refusedConnections": .int(counters.refusedConnections),
            "badLines": .int(counters.badLines), "unknownEvents": .int(counters.unknownEvents),
            "ignoredConfigures": .int(counters.ignoredConfigures),
            "refusedMessages": .int(counters.refusedMessages), "limitedRequests": .int(counters.limitedRequests),
            "lags": .int(counters.lags),
        ]
    }

    /// By the last part of their keys in the configuration.
    private var limitStatus: JSON {
        let ledger = settings.ledger
        return [
            "lineBytes": .int(settings.lineLimit), "badLines": .int(settings.badLineLimit),
            "eventLogBytes": .int(settings.logBytes), "eventLogLines": .int(settings.logLines),
            "supersededBytes": .int(settings.supersededBytes), "replyBytes": .int(ledger.portBytes),
            "programReplyBytes": .int(ledger.programBytes), "uidReplyBytes": .int(ledger.uidBytes),
            "requests": .int(ledger.portRequests), "programRequests": .int(ledger.programRequests),
            "uidRequests": .int(ledger.uidRequests), "uidPorts": .int(ledger.uidPorts),
            "programPorts": .int(ledger.programPorts), "requestsPerSecond": .int(settings.requestsPerSecond),
            "requestBurst": .int(settings.requestBurst),
        ]
    }

    private static let shownPatterns = 16

    private func portStatus(_ port: Port) -> JSON {
        var object = JSONObject(distinct: [
            ("id", .string(port.name)), ("pid", .int(Int(port.peer.pid))), ("uid", .int(Int(port.peer.uid))),
            ("program", port.peer.program.map { .string($0) } ?? .null), ("role", .string(port.role.rawValue)),
            ("connectedAt", .string(port.connectedAtText)),
            ("linesSent", .int(port.linesSent)), ("behind", .int(Int(log.end - min(port.cursor, log.end)))),
            ("replyBytes", .int(port.account.bytes)), ("requests", .int(port.account.requests)),
            ("dialect", port.interest.isSubscriber ? "subscriber" : "streams"),
        ])
        if let patterns = port.interest.key.patterns {
            // A port may have many, and there may be many ports.
            object["events"] = .array(patterns.prefix(Self.shownPatterns).map { .string($0.text) })
            if patterns.count > Self.shownPatterns { object["eventsInAll"] = .int(patterns.count) }
            object["mode"] = port.interest.key.isLatest ? "latest" : "all"
        }
        return .object(object)
    }
}
