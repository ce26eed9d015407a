import AgentModel
import StreamsProtocol

/// Log entries of clients on their way to the service: collected, uploaded in one call when there are many, and kept for
/// the next upload if that fails.
struct ClientLogs: Equatable {
    /// More than this many are uploaded.
    static let threshold = 400
    /// More than this many are never kept; the newest count.
    static let bound = 4000

    /// Nor more than this many bytes of their texts.
    static let byteBound = 4 << 20
    /// No instant takes more to write down.
    static let timeBound = 64
    /// A component or text is cut after this many bytes.
    static let textBound = 16 << 10

    /// What waits, in the service's words.
    private var events: [JSON] = []
    private var uploading: [JSON]?

    /// Takes entries; true if it is time for an upload.
    mutating func add(_ more: [JSON]) -> Bool {
        events = Self.newest(events + more.suffix(Self.bound).map(Self.event))
        return events.count > Self.threshold && uploading == nil
    }

    /// The parameters of sendClientLogs with everything collected, which counts as under way from now on.
    mutating func beginUpload() -> JSON {
        let batch = events
        uploading = batch
        events = []
        return ["logEvents": .array(batch)]
    }

    /// True while an upload is under way.
    var isUploading: Bool { uploading != nil }

    mutating func uploadEnded(success: Bool) {
        if !success, let uploading { events = Self.newest(uploading + events) }
        uploading = nil
    }

    /// The newest of them that fit the bounds.
    private static func newest(_ events: [JSON]) -> [JSON] {
        var bytes = 0
        let fitting = events.suffix(bound).reversed().prefix { event in
            let texts = ["message", "component"].map { event[$0]?.string?.utf8.count ?? 0 }
            bytes += timeBound + texts.reduce(0, +)
            return bytes <= byteBound
        }
        return fitting.reversed()
    }

    /// An entry as the service wants it. What is of the wrong type is left out rather than spoil the whole upload.
    private static func event(_ entry: JSON) -> JSON {
        var object = JSONObject()
        if let time = entry["time"] {
            let isInstant = time.double != nil || time.string.flatMap(Timestamp.milliseconds) != nil
            object["timestamp"] = isInstant && time.text.utf8.count <= timeBound ? time : nil
        }
        object["component"] = cut(entry["component"])
        object["message"] = cut(entry["text"])
        return .object(object)
    }

    /// A text that is not too long; nil for what is no text.
    private static func cut(_ value: JSON?) -> JSON? {
        guard let text = value?.string, text.utf8.count > textBound else { return value?.string.map { .string($0) } }
        return .string(String(decoding: text.utf8.prefix(textBound), as: UTF8.self))
    }
}

extension Session {
    /// A client's `send_logs`. The entries are collected also while there is no session.
    mutating func collectLogs(_ entries: [JSON]) {
        if logs.add(entries), credentials != nil { uploadLogs() }
    }

    mutating func uploadLogs() { send(.sendClientLogs, logs.beginUpload(), for: .logs) }

    mutating func logsUploaded(_ result: CallResult) {
        logs.uploadEnded(success: result.error == nil)
        guard let error = result.error else { return }
        if error.kind == .unauthorized { authorizationRefused(event: .publish(EventName.authFail)) }
    }
}
