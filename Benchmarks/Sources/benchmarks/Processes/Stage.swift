// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Glibc

/// A temporary folder for the sockets and output of one measure's programs. It is removed with its last reference.
final class Stage {
    let folder: String
    private let interruption: any DispatchSourceSignal

    init() throws(Failure) {
        // A short path: a socket's path is limited to 107 bytes.
        var template = Array("/tmp/partyline-bench.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("cannot create a folder in /tmp: \(Address.errorText)") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        interruption = Self.removeWhenInterrupted(folder)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// On SIGINT only the folder has to be removed: the programs end with this process.
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
