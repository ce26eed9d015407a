import AgentModel
import StreamsProtocol

/// The `api_metric` of one upstream call.
struct ApiMetric {
    let name: String
    let milliseconds: Int64
    /// The service's error; what never reached the service, or has no status, counts as 200.
    let error: JSON?
    let status: Int
    let retryStatus: ServiceError.RetryStatus

    var action: SessionAction { publish(name, withFault: true) }

    /// The metric that goes before the ordinary one where a contact is created in relation to another; without `fault`.
    var withRelatedContact: SessionAction { publish(name + "WithRelatedContactId", withFault: false) }

    private func publish(_ name: String, withFault: Bool) -> SessionAction {
        var object = JSONObject([("name", .string(name)), ("time", .int(Int(milliseconds)))])
        object["error"] = error
        object["error5xx"] = .int(status >= 500 ? 1 : 0)
        if withFault, !(400..<500).contains(status) { object["fault"] = .int(status >= 500 ? 1 : 0) }
        object["dimensions"] = [["name": "Category", "value": "API"]]
        object["optionalDimensions"] = [
            ["name": "HttpStatusCode", "value": .int(status)],
            ["name": "HttpGenericStatusCode", "value": .string("\(status / 100)XX")],
            ["name": "RetryStatus", "value": .string(retryStatus.rawValue)],
        ]
        return .publish(EventName.apiMetric, .object(object))
    }
}

extension ApiMetric {
    /// The metric of a call that was refused before it was made: it counts as a call of no duration.
    init(refused name: String, error: JSON) {
        self.init(name: name, milliseconds: 0, error: error, status: 200, retryStatus: .none)
    }
}
