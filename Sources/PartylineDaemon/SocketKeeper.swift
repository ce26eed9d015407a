// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import LocalServer
import Logging
import NIOCore
import StreamsProtocol

/// Makes the daemon's socket again if it is removed while the daemon runs: otherwise no client could connect, and no other
/// daemon could start. It looks when a file in the socket's folder is removed, and on SIGHUP.
///
/// Used on the event loop only.
final class SocketKeeper {
    private(set) var listener: Listener
    private let loop: any EventLoop
    private let logger: Logger
    private let listen: (CInt) -> EventLoopFuture<Void>
    private var watch: EventLoopFuture<any Channel>?
    /// True after the loss of the socket was logged, until it is back.
    private var isLost = false
    private var isCheckDue = false
    private var isStopped = false

    /// - Parameter listen: listens on a new descriptor, instead of the one before.
    init(
        _ listener: Listener, loop: any EventLoop, logger: Logger, listen: @escaping (CInt) -> EventLoopFuture<Void>
    ) {
        (self.listener, self.loop, self.logger, self.listen) = (listener, loop, logger, listen)
    }

    func start() { watchFolder() }

    func stop() {
        isStopped = true
        watch?.whenSuccess { $0.close(promise: nil) }
        watch = nil
        listener.release()
    }

    /// Makes the socket again if it is gone.
    func check() {
        guard !isStopped, let file = listener.file, !isInPlace(file) else { return isLost = false }
        switch listener {
        case .systemd where SocketFile(file.path) != nil: giveWay()
        case .systemd:
            lost("the socket \(file.path) was removed, and it belongs to systemd", hint: Self.restart(file.path))
            checkLater()
        case .own(let place): reclaim(place)
        }
    }

    private func isInPlace(_ file: SocketFile) -> Bool {
        guard case .own(let place) = listener else { return file.isInPlace }
        return place.isInPlace
    }

    private func reclaim(_ place: SocketPlace) {
        do {
            let new = try place.reclaim()
            let isNewSocket = new.descriptor != place.descriptor
            listener = .own(new)
            isLost = false
            watchFolder()
            guard isNewSocket else { return }
            logger.warning("the socket was removed, and has been made again", metadata: ["socket": "\(new.file.path)"])
            listen(new.descriptor).whenFailure { [logger] in logger.error("cannot listen on the new socket: \($0)") }
        } catch let problem where problem.isTaken {
            giveWay()
        } catch {
            lost("the socket was removed and cannot be made again: \(error.message)", hint: error.hint)
            checkLater()
        }
    }

    /// Two daemons must never share a session: the one that clients can reach goes on.
    private func giveWay() {
        logger.error("another partylined has taken this one's socket over, so this one ends")
        isStopped = true
        kill(getpid(), SIGTERM)
    }

    /// What is in the way may go: a folder without permission, another daemon that starts and ends.
    private func checkLater() {
        guard !isCheckDue else { return }
        isCheckDue = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: Self.retry) {
            bound.value.isCheckDue = false
            bound.value.check()
        }
    }

    private static let retry = TimeAmount.seconds(1)

    private func lost(_ message: String, hint: String) {
        if !isLost { logger.error("\(message)", metadata: ["hint": "\(hint)"]) }
        isLost = true
    }

    /// The command that makes systemd create its socket again.
    private static func restart(_ path: String) -> String {
        guard path.hasPrefix("/run/partyline/"), path.hasSuffix(".sock") else {
            return "systemctl --user restart partyline.socket"
        }
        let name = path.split(separator: "/").last?.dropLast(".sock".count) ?? ""
        return "sudo systemctl restart partyline@\(name).socket"
    }

    private func watchFolder() {
        guard let file = listener.file else { return }
        let descriptor = clinux_watch_folder(SocketPath.folder(of: file.path))
        guard descriptor >= 0 else {
            // SIGHUP still makes the socket again.
            return logger.warning("the socket's folder cannot be watched: \(String(cString: strerror(errno)))")
        }
        watch?.whenSuccess { $0.close(promise: nil) }
        watch = DescriptorChannel.open(descriptor, on: loop) { [weak self] in self?.check() }
        // The socket may have been removed before the watch began.
        if !isInPlace(file) { check() }
    }
}
