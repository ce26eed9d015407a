// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The `api_metric` of one upstream call.
struct ApiMetric {
    let name: String
    let milliseconds: Int64
    /// The service's error as JSON.
    let error: JSON?
    /// 200 if the call never reached the service or its error has no status.
    let status: Int
    let retryStatus: ServiceError.RetryStatus

    var action: SessionAction { publish(name, withFault: true) }

    /// The additional metric of a call that creates a contact related to another one. It precedes `action` and has no
    /// `fault`.
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
    /// The metric of a call that was rejected before it was sent. Its duration is 0.
    init(refused name: String, error: JSON) {
        self.init(name: name, milliseconds: 0, error: error, status: 200, retryStatus: .none)
    }
}
