// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

/// A listener that sends scripted lines, on the test's own thread.
final class ScriptedDaemon {
    let path: String
    private let folder: String
    private let listener: Int32
    private var client: Int32 = -1
    private let greeting: String
    private let answerLines: [String]

    init(greeting: String, answer: [String] = []) throws {
        self.greeting = greeting
        answerLines = answer
        var template = Array("/tmp/partyline-test.XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = "\(folder)/s"
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        try #require(listen(listener, 4) == 0)
    }

    deinit {
        disconnect()
        close(listener)
        unlink(path)
        rmdir(folder)
    }

    func accept() {
        client = Glibc.accept(listener, nil, nil)
        send(greeting)
    }

    func answer() { answerLines.forEach(send) }

    func disconnect() {
        if client >= 0 { close(client) }
        client = -1
    }

    /// What the client has sent since the last call.
    func received() -> String {
        var room = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(client, &room, room.count, Int32(MSG_DONTWAIT))
        return String(decoding: room.prefix(max(0, count)), as: UTF8.self)
    }

    func send(_ line: String) { sendRaw(line + "\n") }

    func sendRaw(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(client, bytes, bytes.count)
    }
}
