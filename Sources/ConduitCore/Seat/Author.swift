// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The client that caused something: its port's id and its program's name.
struct Author: Equatable {
    let port: String
    let program: String?

    init(_ port: Port) { (self.port, program) = (port.name, port.peer.program) }

    init?(_ json: JSON?) {
        guard let port = json?["port"]?.string else { return nil }
        (self.port, program) = (port, json?["program"]?.string)
    }

    var json: JSON {
        var object = JSONObject([("port", .string(port))])
        object["program"] = program.map { .string($0) }
        return .object(object)
    }

    /// The line of an event with `by` as its last member.
    func added(to line: [UInt8]) -> [UInt8] {
        Array(line[..<(line.count - 2)]) + Self.key + json.encoded + Array("}\n".utf8)
    }

    /// The body without that member; nil if there is none. Within a JSON string, a quote is escaped, so the last occurrence
    /// of the key is the member, or a member of the data, after which the body does not end with an object of its own.
    static func removed(from body: LineBody) -> LineBody? {
        let bytes = body.bytes
        guard let start = bytes.lastRange(of: key), Author(try? JSON(parsing: bytes[(start + key.count)...])) != nil
        else { return nil }
        return LineBody(of: Array(bytes[..<start]) + Array("}\n".utf8))
    }

    private static let key = Array(#","by":"#.utf8)
}

extension ArraySlice<UInt8> {
    /// The start of the last occurrence.
    fileprivate func lastRange(of part: [UInt8]) -> Int? {
        guard count >= part.count else { return nil }
        return stride(from: endIndex - part.count, through: startIndex, by: -1).first { index in
            self[index..<index + part.count].elementsEqual(part)
        }
    }
}
