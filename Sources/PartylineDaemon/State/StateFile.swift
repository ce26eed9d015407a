import Glibc

/// One segment of the state journal, as an open file.
struct StateFile {
    let descriptor: CInt
    /// For people: its path, or its name in systemd's store.
    let name: String

    /// All that is in it.
    func read() throws(StateProblem) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("look at") }
        let size = Int(status.st_size)
        guard size <= Self.limit else {
            throw StateProblem(
                message: "\(name) has \(size) bytes, which no state has", hint: "remove it and start partylined again")
        }
        guard size > 0 else { return [] }
        var isWhole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                let read = pread(descriptor, rest.baseAddress, rest.count, count)
                if read < 0, errno == EINTR { continue }
                isWhole = read >= 0
                // Nobody else writes to it; if it is shorter now all the same, it ends here.
                guard read > 0 else { return }
                count += read
            }
        }
        guard isWhole else { throw failure("read") }
        return bytes
    }

    /// Puts bytes at that place: by one call, unless the system takes less.
    func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(StateProblem) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
                return pwrite(descriptor, rest.baseAddress, rest.count, offset + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write to") }
            done += count
        }
    }

    /// Takes everything from that place on away.
    func cut(at offset: Int) throws(StateProblem) {
        guard ftruncate(descriptor, off_t(offset)) == 0 else { throw failure("shorten") }
    }

    /// Takes everything away. Where even that fails, the first bytes are made such that nobody takes it for a state.
    func empty() {
        if ftruncate(descriptor, 0) == 0 { return }
        let nothing = [UInt8](repeating: 0, count: 64)
        _ = pwrite(descriptor, nothing, nothing.count, 0)
    }

    private static let limit = 1 << 30

    private func failure(_ verb: String) -> StateProblem {
        .system(
            "cannot \(verb) \(name), so nothing is kept for a restart",
            "see that there is room and restart the daemon, or choose another folder: --set state.directory=DIR")
    }
}
