import AgentModel
import StreamsProtocol

/// One step of a scene: a word, and what goes with it.
struct Step: Sendable {
    let word: Word
    let argument: JSON

    /// The words there are.
    enum Word: String, Sendable {
        case connect, configure, ready, send, raw, call, request, close, closed
        case expect, find, never, count, order, ended
        case backend, saw, total, frame, frames, quiet
    }

    /// The members that go with a word; nil where the argument is no object or is looked at by somebody else.
    private static func members(of word: Word) -> Set<String>? {
        switch word {
        case .connect: ["port", "greeting"]
        case .configure, .ready: ["port", "with"]
        case .send: ["port", "event", "data", "from", "times"]
        case .raw: ["port", "line", "times"]
        case .call: ["port", "id", "method", "params", "data", "err"]
        case .request: ["port", "id", "method", "params", "data", "err", "mark"]
        case .expect, .find: ["port", "event", "data", "clock", "time", "from", "within", "mark"]
        case .never: ["port", "event", "data"]
        case .count: ["port", "event", "is", "atMost"]
        case .order: ["port", "events"]
        case .saw: ["operation", "count", "within", "body", "bearer", "path", "method", "target", "type", "csrf"]
        case .total: ["operation", "is", "atMost"]
        case .frame: ["topic", "count", "within", "is", "socket"]
        case .frames: ["topic", "is"]
        case .closed: ["port", "within"]
        case .close, .backend, .quiet, .ended: nil
        }
    }

    init(_ word: Word, _ argument: JSON) {
        self.word = word
        self.argument = argument
    }

    init(_ json: JSON) throws {
        guard let object = json.object, object.members.count == 1, let member = object.members.first else {
            throw Scene.Malformed(description: "a step has to be one word with its argument: \(json.text)")
        }
        guard let word = Word(rawValue: member.name) else {
            throw Scene.Malformed(description: "no such step: \(member.name)")
        }
        if let known = Self.members(of: word), let given = member.value.object {
            let surplus = Set(given.names).subtracting(known)
            guard surplus.isEmpty else {
                throw Scene.Malformed(
                    description: "\(word.rawValue) knows no \(surplus.sorted()); it knows \(known.sorted())")
            }
        }
        self.word = word
        argument = member.value
    }
}
