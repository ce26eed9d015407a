import AgentModel

/// What a daemon may say beside the least.
enum StatusExamples {
    /// Members that take the place of the healthy ones.
    static let more: JSONObject = .init([
        (
            "link",
            [
                "state": "down", "since": "2026-01-01T00:09:00.000Z", "lastError": "connection refused",
                "endpoint": "https://x/api", "failures": 3, "nextRetry": "2026-01-01T00:10:04.000Z",
                "callsInFlight": 2, "syncsInFlight": 1,
            ]
        ),
        (
            "agent",
            [
                "ageMs": 1200, "skewMs": 90_000, "name": "Ada", "state": "Available",
                "configurationAsOf": "2026-01-01T00:09:40.000Z",
            ]
        ),
        ("eventLog", ["lines": 10, "bytes": 1536, "clock": "e:10", "oldest": "e:1"]),
        ("state", ["kept": "systemd", "place": "partyline-state", "bytes": 3072]),
        (
            "limits",
            [
                "uidPorts": 256, "programPorts": 64, "requests": 32, "replyBytes": 4_194_304,
                "eventLogBytes": 16_777_216,
            ]
        ),
        ("counters", ["connections": 12, "refusedConnections": 2, "lags": 0]),
        ("ledger", ["ports": 2, "users": [["uid": 1000, "ports": 2, "replyBytes": 2048, "requests": 1]]]),
        ("ports", ports),
    ])

    private static let ports: JSON = [
        "count": 2,
        "list": [
            [
                "pid": 7, "uid": 1000, "program": "softphone", "role": "admin",
                "connectedAt": "2026-01-01T00:09:57.000Z", "dialect": "streams", "behind": 0, "requests": 0,
            ],
            [
                "pid": 1234, "uid": 1000, "program": "crm", "role": "observer", "dialect": "subscriber",
                "events": ["contact::*", "agent::acw"], "mode": "latest", "behind": 7, "requests": 1,
                "replyBytes": 2048,
            ],
        ],
    ]
}
