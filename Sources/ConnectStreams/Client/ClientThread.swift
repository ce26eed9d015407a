// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Glibc
import StreamsProtocol

/// Carries out what `ClientMachine` decides, on a thread of its own: a blocking call on a thread of Swift's cooperative pool
/// would stop other tasks.
///
/// Everything but `start` runs on that thread, which ends with the machine's `fail` step.
final class ClientThread {
    /// What the thread tells others. All are called on the thread.
    struct Outlet: Sendable {
        let answer: @Sendable (ClientMachine.Question.ID, Result<JSON, RequestFailure>) -> Void
        let deliver: @Sendable (EventStream.Update) -> Void
        let refresh: @Sendable (JSON) -> Void
        let fail: @Sendable (StreamFailure?) -> Void
    }

    private let path: String
    private let mailbox: Mailbox
    private let outlet: Outlet
    private var machine: ClientMachine
    private var socket: UnixSocket?
    private var intake = LineIntake()
    private var output: [UInt8] = []
    private var isOver = false
    private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)

    /// A listener whose backlog is full is tried again later: while the thread waits, it does nothing else.
    private static let connectTimeout = Duration.milliseconds(500)

    private init(_ path: String, _ settings: ConnectSettings, _ mailbox: Mailbox, _ outlet: Outlet) {
        self.path = path
        self.mailbox = mailbox
        self.outlet = outlet
        machine = ClientMachine(settings)
    }

    deinit { room.deallocate() }

    /// Starts the thread, which connects at once.
    static func start(
        path: String, _ settings: ConnectSettings, _ mailbox: Mailbox, _ outlet: Outlet
    ) throws(ConnectionError) {
        let body: @Sendable () -> Void = { ClientThread(path, settings, mailbox, outlet).run() }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let box = Unmanaged.passRetained(ThreadBody(run: body))
        // The thread inherits the mask: a signal of the process is handled by the program's own threads, from the first
        // moment on.
        var ours = sigset_t()
        var asynchronous = asynchronousSignals
        pthread_sigmask(SIG_BLOCK, &asynchronous, &ours)
        defer { pthread_sigmask(SIG_SETMASK, &ours, nil) }
        var thread = pthread_t()
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard result == 0 else {
            box.release()
            throw .system(errno: result, action: "pthread_create")
        }
    }

    private func run() {
        perform(machine.handle(.start, at: .now))
        while !isOver {
            wait()
            for input in mailbox.takeAll() { perform(machine.handle(input, at: .now)) }
            receive()
            flush()
            perform(machine.handle(.time, at: .now))
        }
    }

    /// All signals but those that a thread causes itself, which would otherwise end the process without its handlers.
    private static var asynchronousSignals: sigset_t {
        var signals = sigset_t()
        sigfillset(&signals)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&signals, fault) }
        return signals
    }

    private func wait() {
        let events = Int16(POLLIN) | (output.isEmpty ? 0 : Int16(POLLOUT))
        var entries = [
            pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket?.descriptor ?? -1, events: events, revents: 0),
        ]
        poll(&entries, 2, UnixSocket.milliseconds(until: machine.nextDeadline))
    }

    private func perform(_ steps: [ClientMachine.Step]) { steps.forEach(perform) }

    private func perform(_ step: ClientMachine.Step) {
        switch step {
        case .connect: connect()
        case .send(let line):
            output += line
            flush()
        case .disconnect: disconnect()
        case .answer(let id, let result): outlet.answer(id, result)
        case .deliver(let update): outlet.deliver(update)
        case .refresh(let answer): outlet.refresh(answer)
        case .fail(let failure):
            isOver = true
            outlet.fail(failure)
        }
    }

    private func connect() {
        disconnect()
        do throws(ConnectionError) {
            socket = try UnixSocket(path: path, before: .now + Self.connectTimeout)
            perform(machine.handle(.connected, at: .now))
        } catch {
            perform(machine.handle(.ended(error), at: .now))
        }
    }

    private func disconnect() {
        socket = nil
        intake = LineIntake()
        output = []
    }

    /// Writes what the socket takes now. If the other side has closed, its last lines are still read.
    private func flush() {
        guard let socket, !output.isEmpty else { return }
        do throws(ConnectionError) {
            guard let count = try socket.trySend(output) else {
                output = []
                return
            }
            output.removeFirst(count)
        } catch {
            perform(machine.handle(.ended(error), at: .now))
        }
    }

    private func receive() {
        guard let socket else { return }
        var messages: [ServerMessage] = []
        var end: ConnectionError?
        do throws(ConnectionError) {
            let count = try socket.receive(into: room, before: .now)
            if count == 0 {
                end = .closedByDaemon(intake.closeReason)
            } else {
                try intake.push(UnsafeRawBufferPointer(rebasing: room[..<count]), into: &messages)
            }
        } catch .timeout {
            return
        } catch {
            end = error
        }
        for message in messages where socket === self.socket {
            perform(machine.handle(.received(message), at: .now))
        }
        if let end, socket === self.socket { perform(machine.handle(.ended(end), at: .now)) }
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(run: @escaping @Sendable () -> Void) { self.run = run }
}
