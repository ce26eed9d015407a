// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Clients' log entries for the service. They are uploaded in one call when there are more than `threshold`, and kept for
/// the next upload if the call fails.
struct ClientLogs: Equatable {
    /// An upload starts when there are more entries than this.
    static let threshold = 400
    /// The most entries that are kept; the oldest are dropped.
    static let bound = 4000
    /// The most bytes that are kept, counting texts and `timeBound` for each entry; the oldest entries are dropped.
    static let byteBound = 4 << 20
    /// The longest accepted timestamp, in bytes of JSON; a longer one is left out.
    static let timeBound = 64
    /// A component or text is truncated to this many bytes.
    static let textBound = 16 << 10

    /// The entries that wait for an upload, in the service's format.
    private var events: [JSON] = []
    private var uploading: [JSON]?

    /// Adds entries. Returns true if an upload is due.
    mutating func add(_ more: [JSON]) -> Bool {
        events = Self.newest(events + more.suffix(Self.bound).map(Self.event))
        return events.count > Self.threshold && uploading == nil
    }

    /// The parameters of sendClientLogs with all collected entries, which are under way from now on.
    mutating func beginUpload() -> JSON {
        let batch = events
        uploading = batch
        events = []
        return ["logEvents": .array(batch)]
    }

    var isUploading: Bool { uploading != nil }

    var hasEntries: Bool { !events.isEmpty }

    mutating func uploadEnded(success: Bool) {
        if !success, let uploading { events = Self.newest(uploading + events) }
        uploading = nil
    }

    /// The newest entries that fit the limits.
    private static func newest(_ events: [JSON]) -> [JSON] {
        var bytes = 0
        let fitting = events.suffix(bound).reversed().prefix { event in
            let texts = ["message", "component"].map { event[$0]?.string?.utf8.count ?? 0 }
            bytes += timeBound + texts.reduce(0, +)
            return bytes <= byteBound
        }
        return fitting.reversed()
    }

    /// An entry in the service's format. Members of the wrong type are left out: one of them would fail the whole upload.
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

    /// The text, truncated to `textBound`; nil if the value is not a text.
    private static func cut(_ value: JSON?) -> JSON? {
        guard let text = value?.string, text.utf8.count > textBound else { return value?.string.map { .string($0) } }
        return .string(String(decoding: text.utf8.prefix(textBound), as: UTF8.self))
    }
}

extension Session {
    /// A client's `send_logs`. Entries are collected even while there is no session.
    mutating func collectLogs(_ entries: [JSON]) {
        if isLoggedOut { return }
        if logs.add(entries), credentials != nil { uploadLogs() }
    }

    mutating func uploadLogs() { send(.sendClientLogs, logs.beginUpload(), for: .logs) }

    mutating func logsUploaded(_ result: CallResult) {
        logs.uploadEnded(success: result.error == nil)
        defer { logsUploadedForLogout() }
        guard let error = result.error else { return }
        if error.kind == .unauthorized { authorizationRefused(event: .publish(EventName.authFail)) }
    }
}
