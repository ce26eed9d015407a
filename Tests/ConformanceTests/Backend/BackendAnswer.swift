// SPDX-License-Identifier: Apache-2.0
import AgentModel
import NIOHTTP1
import StreamsProtocol

/// The outcome of a request.
enum BackendAnswer: Sendable {
    case response(status: Int, body: [UInt8])
    /// The connection is closed without an answer.
    case drop

    static func success(_ body: JSON) -> BackendAnswer { .response(status: 200, body: body.encoded) }

    static func error(_ status: Int, code: JSON?, message: JSON?) -> BackendAnswer {
        var object = JSONObject()
        object["__type"] = code
        object["message"] = message
        return .response(status: status, body: JSON.object(object).encoded)
    }
}

/// A failure that a scene injects into the next requests of an operation.
struct Failure {
    let operation: String
    /// The number of requests that fail; nil for all.
    var times: Int?
    /// In milliseconds.
    let delay: Int64
    /// Replaces the ordinary answer. Nil only delays it.
    let answer: BackendAnswer?

    init(_ json: JSON) throws {
        guard let operation = json["operation"]?.string else {
            throw Scene.Malformed(description: "a failure needs an operation: \(json.text)")
        }
        self.operation = operation
        times = json["times"] == "always" ? nil : json["times"]?.int ?? 1
        delay = Int64(json["delay"]?.int ?? 0)
        if json["drop"] == true {
            answer = .drop
        } else if let raw = json["raw"]?.string {
            answer = .response(status: json["status"]?.int ?? 200, body: Array(raw.utf8))
        } else {
            answer = json["status"]?.int.map { .error($0, code: json["code"], message: json["message"]) }
        }
    }
}
