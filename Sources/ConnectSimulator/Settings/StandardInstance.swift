// SPDX-License-Identifier: Apache-2.0

extension InstanceSettings {
    static let standardARN = "arn:aws:connect:us-west-2:111122223333:instance/0f1e2d3c-4b5a-4697-8877-66554433aabb"

    static func standard(arn: String = standardARN) -> InstanceSettings {
        let queues = ["BasicQueue", "Sales", "Support"].enumerated().map { queue($0.offset + 1, $0.element, arn) }
        var settings = InstanceSettings(
            instanceARN: arn, region: field(3, of: arn), agentName: "Robin Example", username: "robin",
            softphoneEnabled: true, softphoneAutoAccept: false, deskPhone: "",
            preferences: ["locale": "en_US"], initialState: "Offline",
            states: [], routingProfileName: "Everything Routing", queues: queues, quickConnects: [],
            concurrency: ["VOICE": 1, "CHAT": 3, "TASK": 5, "EMAIL": 5], countries: ["us", "ca", "gb", "de"],
            permissions: ["accessMetrics", "outboundCall", "videoContact", "agentStates"], maximumThirdParties: 1,
            timings: Timings(
                ring: 20, customerAnswers: 3, customerRing: 30, thirdPartyAnswers: 3, autoAccept: 0.5, disconnect: 0.2),
            accessTokenSeconds: 36_000, transportSeconds: 3600)
        settings.states = [
            (AgentState.Kind.routable, "Available"), (.notRoutable, "Lunch"), (.notRoutable, "Training"),
            (.offline, "Offline"),
        ].enumerated().map { state($0.offset + 1, $0.element.0, $0.element.1, arn) }
        let destinations = [
            (Endpoint(kind: .phoneNumber, name: "Front desk", phoneNumber: "+12065550100"), queues),
            (Endpoint(kind: .queue, name: "Sales queue", queue: queues[1]), [queues[0], queues[2]]),
            (Endpoint(kind: .agent, name: "Sam", agentLogin: "sam"), [queues[0]]),
        ]
        settings.quickConnects = destinations.enumerated().map { place, destination in
            quickConnect(place + 1, destination.0, of: destination.1, arn)
        }
        return settings
    }

    static func queue(_ number: Int, _ name: String, _ instance: String) -> Queue {
        Queue(arn: "\(instance)/queue/00000000-0000-4000-8000-\(padded(number))", name: name)
    }

    static func state(_ number: Int, _ kind: AgentState.Kind, _ name: String, _ instance: String) -> AgentState {
        AgentState(
            arn: "\(instance)/agent-state/10000000-0000-4000-8000-\(padded(number))", kind: kind, name: name)
    }

    static func quickConnect(
        _ number: Int, _ endpoint: Endpoint, of queues: [Queue], _ instance: String
    ) -> QuickConnect {
        var endpoint = endpoint
        endpoint.arn = "\(instance)/transfer-destination/40000000-0000-4000-8000-\(padded(number))"
        return QuickConnect(endpoint: endpoint, queueARNs: queues.map(\.arn))
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }
}

/// Lists in a configuration file. Each replaces the default list as a whole.
extension SimulatorConfiguration {
    private enum ChosenKind: String, CaseIterable {
        case routable, offline
        case notRoutable = "not_routable"
    }

    mutating func readStates(_ readers: [YAMLReader], in file: String) throws(ConfigurationError) {
        var states: [AgentState] = []
        for var reader in readers {
            guard let name = try reader.string("name") else { throw reader.error("name", "is required") }
            guard let chosen = try reader.choice("type", ChosenKind.self) else {
                throw reader.error("type", "is required: routable, not_routable or offline")
            }
            try reader.finish()
            guard !states.contains(where: { $0.name == name }) else {
                throw reader.error("name", "'\(name)' is there already; names must be unique")
            }
            let kind = AgentState.Kind(rawValue: chosen.rawValue) ?? .offline
            states.append(InstanceSettings.state(states.count + 1, kind, name, settings.instanceARN))
        }
        guard let first = states.first else {
            throw ConfigurationError(file: file, line: nil, key: "states", message: "must have at least one state")
        }
        settings.states = states
        if !states.contains(where: { $0.name == settings.initialState }) { settings.initialState = first.name }
    }

    mutating func readRoutingProfile(_ reader: inout YAMLReader) throws(ConfigurationError) {
        if let name = try reader.string("name") { settings.routingProfileName = name }
        if let names = try reader.strings("queues") {
            guard !names.isEmpty else { throw reader.error("queues", "must have at least one queue") }
            settings.queues = names.enumerated().map {
                InstanceSettings.queue($0.offset + 1, $0.element, settings.instanceARN)
            }
        }
        if var reader = try reader.mapping("concurrency") {
            for (key, channel) in [("voice", "VOICE"), ("chat", "CHAT"), ("task", "TASK"), ("email", "EMAIL")] {
                let most = channel == "VOICE" ? 2 : 10
                if let count = try reader.integer(key, in: 0...most) { settings.concurrency[channel] = count }
            }
            try reader.finish()
        }
        try reader.finish()
    }

    mutating func readQuickConnects(_ readers: [YAMLReader]) throws(ConfigurationError) {
        var quickConnects: [InstanceSettings.QuickConnect] = []
        for var reader in readers {
            guard let kind = try reader.choice("type", Endpoint.Kind.self) else {
                throw reader.error("type", "is required: phone_number, agent or queue")
            }
            var endpoint = Endpoint(kind: kind, name: try reader.string("name"))
            switch kind {
            case .phoneNumber:
                guard let number = try reader.string("phoneNumber"), number.hasPrefix("+") else {
                    throw reader.error("phoneNumber", "is required, for example \"+12065550100\"")
                }
                endpoint.phoneNumber = number
            case .agent:
                guard let login = try reader.string("agent") else {
                    throw reader.error("agent", "is required: the other agent's user name")
                }
                endpoint.agentLogin = login
            case .queue:
                endpoint.queue = try queue(named: try reader.string("queue") ?? "", "queue", reader)
            }
            var queues = settings.queues
            if let names = try reader.strings("queues") {
                queues = try names.map { name throws(ConfigurationError) in try queue(named: name, "queues", reader) }
            }
            try reader.finish()
            quickConnects.append(
                InstanceSettings.quickConnect(
                    quickConnects.count + 1, endpoint, of: queues, settings.instanceARN))
        }
        settings.quickConnects = quickConnects
    }

    private func queue(
        named name: String, _ key: String, _ reader: YAMLReader
    ) throws(ConfigurationError) -> Queue {
        guard let queue = settings.queues.first(where: { $0.name == name }) else {
            throw reader.error(key, "must be one of \(settings.queues.map(\.name).joined(separator: ", "))")
        }
        return queue
    }
}
