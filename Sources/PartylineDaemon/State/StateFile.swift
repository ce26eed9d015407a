// SPDX-License-Identifier: Apache-2.0
import ConduitCore
import Glibc

/// One segment of the state journal, as an open file.
struct StateFile {
    let descriptor: CInt
    /// Its path, or its name in systemd's store; for messages.
    let name: String

    func read() throws(StateProblem) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("inspect") }
        let size = Int(status.st_size)
        guard size <= Self.limit else {
            throw StateProblem(
                message: "\(name) has \(size) bytes, too many for a state",
                hint: "remove it and start partylined again")
        }
        guard size > 0 else { return [] }
        var isWhole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                let read = pread(descriptor, rest.baseAddress, rest.count, count)
                if read < 0, errno == EINTR { continue }
                isWhole = read >= 0
                // No other process writes to the file. If it is shorter all the same, the read ends here.
                guard read > 0 else { return }
                count += read
            }
        }
        guard isWhole else { throw failure("read") }
        return bytes
    }

    /// Writes with one system call, unless the kernel accepts fewer bytes.
    func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(StateProblem) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
                return pwrite(descriptor, rest.baseAddress, rest.count, offset + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw failure("write to", hint: "free some space: it is tried again every few seconds")
            }
            done += count
        }
    }

    /// Truncates the file to that length.
    func truncate(to length: Int) throws(StateProblem) {
        guard ftruncate(descriptor, off_t(length)) == 0 else { throw failure("truncate") }
    }

    /// Truncates the file to nothing. If that fails, overwrites its beginning, so that it cannot be read as a state.
    func empty() {
        if ftruncate(descriptor, 0) == 0 { return }
        let nothing = [UInt8](repeating: 0, count: 64)
        _ = pwrite(descriptor, nothing, nothing.count, 0)
    }

    /// False once the file has been removed from its folder.
    var hasName: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink > 0
    }

    /// Marks the segment as ended, without needing any space on the disk: its header is overwritten in place. Empties the
    /// file if even that fails.
    func end() {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size >= StateFormat.headerLength else { return empty() }
        do throws(StateProblem) { try write(StateFormat.ended[...], at: 0) } catch { empty() }
    }

    private static let limit = 1 << 30

    private func failure(
        _ verb: String, hint: String = "check the file, or choose another folder: --set state.directory=DIR"
    ) -> StateProblem {
        .system("cannot \(verb) \(name), so nothing is kept for a restart", hint)
    }
}
