// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// One step of a scene: a keyword and its argument.
struct Step: Sendable {
    let keyword: Keyword
    let argument: JSON

    enum Keyword: String, Sendable {
        case connect, configure, ready, send, raw, call, request, close, closed
        case expect, find, never, count, order, ended
        case backend, saw, total, frame, frames, quiet
    }

    /// The allowed members of a step's argument. Nil if the argument is no object or is checked elsewhere.
    private static func members(of keyword: Keyword) -> Set<String>? {
        switch keyword {
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

    init(_ keyword: Keyword, _ argument: JSON) {
        self.keyword = keyword
        self.argument = argument
    }

    init(_ json: JSON) throws {
        guard let object = json.object, object.members.count == 1, let member = object.members.first else {
            throw Scene.Malformed(description: "a step has to be one keyword with its argument: \(json.text)")
        }
        guard let keyword = Keyword(rawValue: member.name) else {
            throw Scene.Malformed(description: "no such step: \(member.name)")
        }
        if let known = Self.members(of: keyword), let given = member.value.object {
            let surplus = Set(given.names).subtracting(known)
            guard surplus.isEmpty else {
                throw Scene.Malformed(
                    description: "\(keyword.rawValue) has no \(surplus.sorted()); it has \(known.sorted())")
            }
        }
        self.keyword = keyword
        argument = member.value
    }
}
