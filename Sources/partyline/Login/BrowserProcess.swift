// SPDX-License-Identifier: Apache-2.0
import Glibc
import SystemPackage

/// A browser that was started, and the DevTools connection to it: a pair of sockets, which no other process can open.
final class BrowserProcess {
    /// A browser reads commands from descriptor 3 and answers on 4. `Spawn` passes the descriptors 0 to 2, so a shell moves
    /// its standard input there, and becomes the browser.
    private static let script = #"exec "$@" 3<&0 4>&0 0</dev/null"#

    private let connection: Int32
    /// The browser's standard output and standard error; -1 after their end.
    private var output: Int32
    private let child: Child
    private var framer = DevToolsFramer()
    private var tail = OutputTail()
    private var isClosed = false
    /// True if the last `receive` filled its buffer.
    private(set) var hasMore = false

    private init(_ connection: Int32, _ output: Int32, _ child: Child) {
        (self.connection, self.output, self.child) = (connection, output, child)
    }

    deinit {
        close(connection)
        if output >= 0 { close(output) }
    }

    static func start(_ command: [String]) throws -> BrowserProcess {
        let output = try Descriptors.pipe()
        defer { try? output.write.close() }
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            try? output.read.close()
            throw CommandFailure(status: .failure, message: "cannot create a socket pair: \(Errno(rawValue: errno))")
        }
        let theirs = FileDescriptor(rawValue: ends[1])
        defer { try? theirs.close() }
        for descriptor in [ends[0], output.read.rawValue] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        do throws(Spawn.Failure) {
            let spawn = Spawn(
                command: ["/bin/sh", "-c", script, "sh"] + command, input: theirs, output: output.write,
                errors: output.write)
            return BrowserProcess(ends[0], output.read.rawValue, try spawn.start())
        } catch {
            for descriptor in [ends[0], output.read.rawValue] { close(descriptor) }
            throw CommandFailure(
                status: .failure, message: "the browser cannot be started: \(error.reason)", next: Browser.others)
        }
    }

    /// True if no more messages will come.
    var hasEnded: Bool { isClosed || child.ending != nil }

    /// True if a signal ended it.
    var hasCrashed: Bool { if case .signalled? = child.ending { true } else { false } }

    var lastLines: [String] { tail.lines() }

    /// What to poll before `receive`.
    var entries: [pollfd] {
        [connection, output].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    }

    /// The connection holds far more than is ever unanswered: a browser for which there is no room has stopped working.
    func send(_ message: [UInt8]) {
        // MSG_NOSIGNAL: SIGPIPE is taken for the end of the program that reads our output.
        let count = Glibc.send(connection, message, message.count, Int32(MSG_NOSIGNAL))
        if count != message.count { isClosed = true }
    }

    /// The messages that have arrived, without waiting.
    func receive() throws(DevToolsFault) -> [DevToolsMessage] {
        readOutput()
        var room = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(connection, &room, room.count, 0)
        hasMore = count == room.count
        guard count > 0 else {
            if count == 0 || !Self.isTemporary(errno) { isClosed = true }
            return []
        }
        var messages: [DevToolsMessage] = []
        for message in try framer.push(room[..<count]) { messages.append(try DevToolsMessage(message)) }
        return messages
    }

    /// Reads the browser's output to its end: a full pipe would stop the browser.
    private func readOutput() {
        guard output >= 0 else { return }
        var room = [UInt8](repeating: 0, count: 16 << 10)
        let count = read(output, &room, room.count)
        if count > 0 {
            tail.append(room[..<count])
        } else if count == 0 || !Self.isTemporary(errno) {
            close(output)
            output = -1
        }
    }

    private static func isTemporary(_ error: Int32) -> Bool { error == EAGAIN || error == EINTR }

    /// Ends the browser, and whatever it has started in its process group.
    func end() {
        send(DevToolsCommand.close.message(id: Int(Int32.max)))
        if !ends(within: .seconds(5)) {
            kill(-child.id, SIGTERM)
            _ = ends(within: .seconds(2))
        }
        kill(-child.id, SIGKILL)
        child.release()
    }

    private func ends(within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        while child.ending == nil {
            guard ContinuousClock.now < deadline else { return false }
            var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            _ = poll(&entry, 1, 20)
            readOutput()
        }
        return true
    }
}
