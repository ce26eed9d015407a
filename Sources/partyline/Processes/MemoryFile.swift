import Glibc

/// A file that is nowhere but in memory: what a program is to read, however slowly it reads or whether it does at all.
enum MemoryFile {
    private typealias Create = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32

    /// From linux/memfd.h: not to be handed to programs that are started meanwhile.
    private static let closeOnExec: UInt32 = 1

    /// A descriptor that reads those bytes; nil if the system gives none.
    static func containing(_ bytes: [UInt8]) -> Int32? {
        // Swift's Glibc leaves memfd_create(2) out, because C libraries declare it only on request.
        guard let symbol = dlsym(nil, "memfd_create") else { return nil }
        let descriptor = unsafeBitCast(symbol, to: Create.self)("partyline", closeOnExec)
        guard descriptor >= 0 else { return nil }
        guard write(bytes, to: descriptor), lseek(descriptor, 0, SEEK_SET) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return false }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }
}
