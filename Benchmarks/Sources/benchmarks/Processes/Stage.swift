import Dispatch
import Foundation
import Glibc

/// A folder of its own for the programs of one measure: their sockets, their output. It goes when the measure ends.
final class Stage {
    let folder: String
    private let interruption: any DispatchSourceSignal

    init() throws(Failure) {
        // Short, because a socket's path may have 107 bytes only.
        var template = Array("/tmp/partyline-bench.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("no folder can be made in /tmp") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        interruption = Self.removeWhenInterrupted(folder)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Ctrl-C: the programs end with this process, so the folder is all that is left to take away.
    private static func removeWhenInterrupted(_ folder: String) -> any DispatchSourceSignal {
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            try? FileManager.default.removeItem(atPath: folder)
            _exit(130)
        }
        source.activate()
        return source
    }
}
