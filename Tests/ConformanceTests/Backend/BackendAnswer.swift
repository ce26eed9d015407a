import AgentModel
import NIOHTTP1
import StreamsProtocol

/// How a request ends.
enum BackendAnswer: Sendable {
    case response(status: Int, body: [UInt8])
    /// The connection is cut without an answer.
    case drop

    static func success(_ body: JSON) -> BackendAnswer { .response(status: 200, body: body.encoded) }

    static func error(_ status: Int, code: JSON?, message: JSON?) -> BackendAnswer {
        var object = JSONObject()
        object["__type"] = code
        object["message"] = message
        return .response(status: status, body: JSON.object(object).encoded)
    }
}

/// What a scene wants to happen to the next requests of an operation.
struct Failure {
    let operation: String
    /// How often; nil for ever.
    var times: Int?
    /// Before anything else, in milliseconds.
    let delay: Int64
    /// Instead of the ordinary answer; nil for no more than the delay.
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
