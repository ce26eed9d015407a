// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A keep-alive HTTP connection with one request at a time.
final class HTTPConnection {
    private let link: Link
    private let host: String
    /// When the last byte of the last answer was read.
    private(set) var answeredAt: UInt64 = 0

    /// - Parameter url: an `http` URL with a port. The connection always goes to 127.0.0.1.
    init(_ url: String) throws {
        guard let parts = URLComponents(string: url), parts.scheme == "http", let port = parts.port else {
            throw Failure("\(url) is not an http:// URL with a port")
        }
        link = try Link(.loopback(UInt16(clamping: port)))
        host = "127.0.0.1:\(port)"
    }

    struct Answer {
        let status: Int
        let body: [UInt8]

        var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:] }
    }

    /// Sends a request and waits for the answer.
    /// - Throws: a `Failure` for a status other than 2xx.
    func exchange(
        _ method: String, _ path: String, headers: [String: String] = [:], json: [String: Any]? = nil,
        seconds: Double = 40
    ) throws -> Answer {
        try send(method, path, headers: headers, json: json)
        return try answer(seconds: seconds)
    }

    func send(_ method: String, _ path: String, headers: [String: String] = [:], json: [String: Any]? = nil) throws {
        let body = try json.map { Array(try JSONSerialization.data(withJSONObject: $0)) } ?? []
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nContent-Length: \(body.count)\r\n"
        if json != nil, headers["Content-Type"] == nil { head += "Content-Type: application/json\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        try link.send(Array((head + "\r\n").utf8) + body)
    }

    func answer(seconds: Double = 40) throws -> Answer {
        let deadline = Clock.now + seconds.nanoseconds
        let status = try line(deadline).split(separator: " ")
        var length: Int?
        var isChunked = false
        while case let header = try line(deadline), !header.isEmpty {
            let parts = header.lowercased().split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = parts[1].trimmingCharacters(in: .whitespaces)
            if parts[0] == "content-length" { length = Int(value) }
            if parts[0] == "transfer-encoding" { isChunked = value == "chunked" }
        }
        let body = isChunked ? try chunks(deadline) : try link.bytes(length ?? 0, before: deadline)
        answeredAt = link.receivedAt
        guard status.count > 1, let code = Int(status[1]), (200..<300).contains(code) else {
            throw Failure("\(status.joined(separator: " ")): \(String(decoding: body.prefix(300), as: UTF8.self))")
        }
        return Answer(status: code, body: body)
    }

    private func chunks(_ deadline: UInt64) throws -> [UInt8] {
        var body: [UInt8] = []
        while let size = Int(try line(deadline), radix: 16) {
            body += try link.bytes(size, before: deadline)
            _ = try line(deadline)
            if size == 0 { return body }
        }
        throw Failure("a chunk without a size")
    }

    private func line(_ deadline: UInt64) throws -> String {
        guard let bytes = try link.line(before: deadline) else { throw Failure("no answer in time") }
        return String(decoding: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }
}
