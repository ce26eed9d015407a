// SPDX-License-Identifier: Apache-2.0
import Glibc
import LocalServer
import StreamsProtocol
import Systemd

/// The listening socket: passed by systemd, or created by the daemon.
enum Listener: Sendable {
    /// systemd's socket, and its file if it could be inspected.
    case systemd(CInt, SocketFile?)
    case own(SocketPlace)

    static func open(_ path: String?) throws -> Listener {
        if let descriptor = SocketActivation.takeUnixListener() {
            let path = SocketPlace.path(of: descriptor)
            if let path { try SocketPlace.lock(path) }
            return .systemd(descriptor, path.flatMap(SocketFile.init))
        }
        guard let path else {
            throw SocketPlaceError(
                message: "there is no path for the socket, because XDG_RUNTIME_DIR is not set",
                hint: "partylined --socket PATH")
        }
        return .own(try SocketPlace.claim(path))
    }

    var descriptor: CInt {
        switch self {
        case .systemd(let descriptor, _): descriptor
        case .own(let place): place.descriptor
        }
    }

    var name: String {
        switch self {
        case .systemd: "systemd's socket"
        case .own(let place): place.file.path
        }
    }

    var isOwn: Bool {
        if case .own = self { true } else { false }
    }

    /// The file that clients connect to; nil if it is not known.
    var file: SocketFile? {
        switch self {
        case .systemd(_, let file): file
        case .own(let place): place.file
        }
    }

    /// Removes the daemon's own socket. systemd removes its socket itself.
    func release() { if case .own(let place) = self { place.release() } }
}
