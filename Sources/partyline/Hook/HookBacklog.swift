// SPDX-License-Identifier: Apache-2.0
import ConnectStreams

/// The events that wait for a command: one bounded queue per key. Keys take turns.
struct HookBacklog {
    let perKey: Int
    let bytes: Int
    private var queues: [HookKey: ArraySlice<StreamEvent>] = [:]
    /// Keys with waiting events and no running command, longest waiting first.
    private var ready: ArraySlice<HookKey> = []
    private var busy: Set<HookKey> = []
    private(set) var count = 0
    private var heldBytes = 0

    init(perKey: Int, bytes: Int) {
        self.perKey = max(1, perKey)
        self.bytes = bytes
    }

    /// The event that runs next; if every key is busy, the head of any queue.
    var first: StreamEvent? {
        (ready.first.flatMap { queues[$0]?.first }) ?? queues.values.lazy.compactMap(\.first).first
    }

    /// Adds an event, and returns the events that were dropped to make room: the oldest of its own queue beyond `perKey`, and
    /// the oldest of the longest queue while all queues together exceed `bytes`.
    mutating func append(_ event: StreamEvent) -> [StreamEvent] {
        let key = HookKey(event)
        if queues[key] == nil, !busy.contains(key) { ready.append(key) }
        queues[key, default: []].append(event)
        count += 1
        heldBytes += event.line.count
        var dropped: [StreamEvent] = []
        if let length = queues[key]?.count, length > perKey, let oldest = drop(key) { dropped.append(oldest) }
        while heldBytes > bytes, count > 1, let longest = queues.max(by: { $0.value.count < $1.value.count })?.key,
            let oldest = drop(longest)
        {
            dropped.append(oldest)
        }
        return dropped
    }

    /// Removes the next event to run. Its key is busy until it is released.
    mutating func next() -> (HookKey, StreamEvent)? {
        guard let key = ready.popFirst(), let event = drop(key) else { return nil }
        busy.insert(key)
        return (key, event)
    }

    /// The command for that key has ended. The key's next event queues behind the other keys.
    mutating func release(_ key: HookKey) {
        busy.remove(key)
        if queues[key] != nil { ready.append(key) }
    }

    private mutating func drop(_ key: HookKey) -> StreamEvent? {
        guard let event = queues[key]?.popFirst() else { return nil }
        count -= 1
        heldBytes -= event.line.count
        if queues[key]?.isEmpty == true {
            queues[key] = nil
            ready.removeAll { $0 == key }
        }
        return event
    }
}
