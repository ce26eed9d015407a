// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// One fetch of the configuration and the four lists that complete it, page by page.
struct ConfigurationRound: Equatable {
    enum Part: Hashable, CaseIterable {
        case configuration
        case permissions
        case states
        case countries
        case queues

        /// The texts that users see and clients copy.
        fileprivate func names(in answer: JSON) -> [JSON?] {
            switch self {
            case .configuration, .permissions, .countries: []
            case .states, .queues: (answer[member]?.array ?? []).map { $0["name"] }
            }
        }

        static let lists: [Part] = [.permissions, .states, .countries, .queues]

        var operation: CTIOperation {
            switch self {
            case .configuration: .getAgentConfiguration
            case .permissions: .getAgentPermissions
            case .states: .getAgentStates
            case .countries: .getDialableCountryCodes
            case .queues: .getRoutingProfileQueues
            }
        }

        /// The member of the response that contains the configuration or the list.
        var member: String {
            switch self {
            case .configuration: "configuration"
            case .permissions: "permissions"
            case .states: "states"
            case .countries: "countryCodes"
            case .queues: "queues"
            }
        }
    }

    var configuration = JSONObject()
    var lists: [Part: [JSON]] = [:]
    var finished: Set<Part> = []
    var pages = 0
    var bytes = 0

    /// The size of all answers of a round together. The largest real ones have some hundred kilobytes.
    static let byteLimit = 16 << 20

    /// Stops a round if the service keeps returning a `nextToken`. It counts the pages of all lists.
    static let pageLimit = 1000

    var isComplete: Bool { finished.count == Part.lists.count }

    /// The configuration with its lists, in the format that Streams publishes.
    var result: AgentConfiguration {
        var object = configuration
        object["permissions"] = .array(lists[.permissions] ?? [])
        object["agentStates"] = .array(lists[.states] ?? [])
        object["dialableCountries"] = .array(lists[.countries] ?? [])
        if var profile = object["routingProfile"]?.object {
            profile["queues"] = .array(lists[.queues] ?? [])
            object["routingProfile"] = .object(profile)
        }
        return AgentConfiguration(json: object)
    }
}

struct ConfigurationPolling: Equatable {
    var configuration: AgentConfiguration?
    /// When the last complete round ended, in milliseconds since 1970.
    var asOf: Int64?
    /// The round under way.
    var round: ConfigurationRound?
    /// True if a reload was requested during a round: that round's result may already be out of date.
    var isStale = false
    /// True from the moment the retry budget is spent until there is a new token.
    var isSuspended = false
}

extension Session {
    mutating func beginConfigurationRound() {
        guard credentials != nil, !configurations.isSuspended else { return }
        guard configurations.round == nil else {
            configurations.isStale = true
            return
        }
        configurations.round = ConfigurationRound()
        configurations.isStale = false
        schedule(.configuration, after: settings.timers.configurationInterval)
        send(ConfigurationRound.Part.configuration.operation, [:], for: .configuration(.configuration))
    }

    mutating func configurationEnded(_ part: ConfigurationRound.Part, _ result: CallResult) {
        guard configurations.round != nil else { return }
        guard case .success(let value, let bytes) = result else {
            return abandonRound(result.error ?? ServiceError(type: "UnknownError", message: nil))
        }
        configurations.round?.bytes += bytes
        if let fault = AnswerSize.fault(
            bytes: configurations.round?.bytes ?? 0, limit: ConfigurationRound.byteLimit, names: part.names(in: value))
        {
            return abandonRound(fault)
        }
        part == .configuration ? configurationReceived(value) : pageReceived(of: part, value)
    }

    private mutating func configurationReceived(_ value: JSON) {
        guard let object = value[ConfigurationRound.Part.configuration.member]?.object else {
            return abandonRound(ServiceError(type: "UnknownError", message: "the response has no configuration"))
        }
        configurations.round?.configuration = object
        for part in ConfigurationRound.Part.lists { ask(for: part, after: nil) }
    }

    private mutating func ask(for part: ConfigurationRound.Part, after nextToken: JSON?) {
        var params = JSONObject([("maxResults", 500)])
        params["nextToken"] = nextToken
        if part == .queues {
            let profile = configurations.round?.configuration["routingProfile"]
            params["routingProfileARN"] = .string(profile?["routingProfileARN"]?.string ?? "")
        }
        send(part.operation, .object(params), for: .configuration(part))
    }

    private mutating func pageReceived(of part: ConfigurationRound.Part, _ value: JSON) {
        configurations.round?.lists[part, default: []] += value[part.member]?.array ?? []
        configurations.round?.pages += 1
        if let next = value["nextToken"]?.string, !next.isEmpty {
            guard (configurations.round?.pages ?? 0) < ConfigurationRound.pageLimit else {
                return abandonRound(ServiceError(type: "UnknownError", message: "the lists have too many pages"))
            }
            return ask(for: part, after: .string(next))
        }
        configurations.round?.finished.insert(part)
        guard let round = configurations.round, round.isComplete else { return }
        pollSucceeded()
        configurations.configuration = round.result
        configurations.asOf = now.wall
        endRound()
        publishAgent()
    }

    /// One failure ends the round. The calls for the other lists are cancelled.
    private mutating func abandonRound(_ error: ServiceError) {
        cancelCalls { if case .service(_, .configuration) = $0.purpose { true } else { false } }
        actions.append(
            .log(.warning, "the configuration could not be fetched", ["why": error.message ?? error.type]))
        if suspendsPolling(after: error) {
            configurations.isSuspended = true
            configurations.isStale = false
            actions.append(.unschedule(.configuration))
        }
        endRound()
    }

    private mutating func endRound() {
        configurations.round = nil
        if configurations.isStale { beginConfigurationRound() }
    }
}
