// SPDX-License-Identifier: Apache-2.0

/// Something that happened: the snapshot changed, a control step was carried out, a request arrived.
struct InstanceEvent: Sendable {
    /// `snapshot`, `step` or `request`.
    let name: String
    let data: JSON

    /// As a server-sent event. The JSON text has no line break.
    var text: String { "event: \(name)\ndata: \(data.text)\n\n" }
}
