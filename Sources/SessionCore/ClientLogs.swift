import AgentModel
import StreamsProtocol

/// Log entries of clients on their way to the service: collected, uploaded in one call when there are many, and kept for
/// the next upload if that fails.
struct ClientLogs: Equatable {
    /// More than this many are uploaded.
    static let threshold = 400
    /// More than this many are never kept; the newest count.
    static let bound = 4000

    private var entries: [JSON] = []
    private var uploading: [JSON]?

    /// Takes entries; true if it is time for an upload.
    mutating func add(_ more: [JSON]) -> Bool {
        entries.append(contentsOf: more.suffix(Self.bound))
        entries.removeFirst(max(0, entries.count - Self.bound))
        return entries.count > Self.threshold && uploading == nil
    }

    /// The parameters of sendClientLogs with everything collected, which counts as under way from now on.
    mutating func beginUpload() -> JSON {
        uploading = entries
        entries = []
        return ["logEvents": .array((uploading ?? []).map(Self.event))]
    }

    /// True while an upload is under way.
    var isUploading: Bool { uploading != nil }

    mutating func uploadEnded(success: Bool) {
        if !success, let uploading {
            entries = Array((uploading + entries).suffix(Self.bound))
        }
        uploading = nil
    }

    /// An entry as the service wants it. What is of the wrong type is left out rather than spoil the whole upload.
    private static func event(_ entry: JSON) -> JSON {
        var object = JSONObject()
        if let time = entry["time"] {
            let isInstant = time.double != nil || time.string.flatMap(Timestamp.milliseconds) != nil
            object["timestamp"] = isInstant ? time : nil
        }
        object["component"] = entry["component"].flatMap { $0.string == nil ? nil : $0 }
        object["message"] = entry["text"].flatMap { $0.string == nil ? nil : $0 }
        return .object(object)
    }
}

extension Session {
    /// A client's `send_logs`. The entries are collected also while there is no session.
    mutating func collectLogs(_ entries: [JSON]) {
        if logs.add(entries), credentials != nil { uploadLogs() }
    }

    mutating func uploadLogs() { send("sendClientLogs", logs.beginUpload(), for: .logs) }

    mutating func logsUploaded(_ result: CallResult) {
        logs.uploadEnded(success: result.error == nil)
        guard let error = result.error else { return }
        if error.kind == .unauthorized { authorizationRefused(event: .publish(EventName.authFail)) }
    }
}
