import ConnectStreams

/// Events that wait for their turn: a queue for each key, bounded, and an order among the keys in which none is forgotten.
struct HookBacklog {
    let perKey: Int
    let bytes: Int
    private var queues: [HookKey: ArraySlice<StreamEvent>] = [:]
    /// Keys with something to do that nothing runs for, the longest waiting first.
    private var ready: ArraySlice<HookKey> = []
    private var busy: Set<HookKey> = []
    private(set) var count = 0
    private var heldBytes = 0

    init(perKey: Int, bytes: Int) {
        self.perKey = max(1, perKey)
        self.bytes = bytes
    }

    /// The event that has waited longest among those at the heads of their queues.
    var first: StreamEvent? {
        (ready.first.flatMap { queues[$0]?.first }) ?? queues.values.lazy.compactMap(\.first).first
    }

    /// Takes an event in, and hands out those that had to make room for it: the oldest of its own queue; where it is the
    /// whole that is too large, the oldest of the longest.
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

    /// The next event whose turn it is; its key is busy until it is released.
    mutating func next() -> (HookKey, StreamEvent)? {
        guard let key = ready.popFirst(), let event = drop(key) else { return nil }
        busy.insert(key)
        return (key, event)
    }

    /// What ran for that key has ended: its next event queues up behind the other keys.
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
