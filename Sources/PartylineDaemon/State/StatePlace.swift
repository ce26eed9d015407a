// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import StreamsProtocol
import Systemd

/// The place of the two segments of the state journal: memory that systemd holds for the service, so that no event data
/// reaches a disk, or two files of mode 0600.
struct StatePlace {
    /// For messages.
    let name: String
    let segments: [StateFile]

    /// True if systemd holds the segments in memory.
    var isMemory: Bool { name == Self.storeName }

    /// The inputs that determine the place.
    struct Search {
        /// `state.directory` of the configuration. It overrides everything else.
        var directory: String?
        /// The socket's path. The names of the files begin with its last component, so that each daemon has its own files.
        var socketPath: String?
        /// True if the daemon created the socket, so that its folder may contain the state; false if systemd did.
        var ownsSocket = false
        /// `NOTIFY_SOCKET`, `FDSTORE`, `PARTYLINE_FDSTORE` and `RUNTIME_DIRECTORY` are read.
        var environment: [String: String] = [:]

        fileprivate var folder: String? {
            if let directory { return directory }
            if let first = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first { return String(first) }
            return ownsSocket ? socketPath.map(SocketPath.folder) : nil
        }

        fileprivate var fileName: String {
            socketPath?.split(separator: "/").last.map { String($0) } ?? "partyline.sock"
        }
    }

    /// systemd's store of descriptors.
    struct Store {
        var take: (String) -> [CInt]
        var keep: (CInt, String) -> Bool
        var forget: (String) -> Void

        static var systemd: Store {
            Store(
                take: SocketActivation.takeNamed, keep: { FileDescriptorStore.keep($0, as: $1) },
                forget: FileDescriptorStore.forget)
        }
    }

    /// The place, or nil if there is none. Call it once: it consumes the descriptors that systemd passed.
    static func find(_ search: Search, store: Store = .systemd) throws(StateProblem) -> StatePlace? {
        let inherited = inherited(store)
        if search.directory == nil {
            if let inherited { return inherited }
            if FileDescriptorStore.isAvailable(search.environment), let place = try created(store) { return place }
        } else if let inherited {
            // The configuration now names a folder, so the segments in the store are obsolete.
            discard(inherited.segments.map(\.descriptor), store)
        }
        guard let folder = search.folder else { return nil }
        return try StateFolder(path: folder, isOurs: search.directory != nil).place(search.fileName)
    }

    // MARK: systemd's store

    private static let names = ["partyline-state-a", "partyline-state-b"]
    private static let storeName = "systemd's file descriptor store"

    /// The two files of an earlier run from systemd's store.
    private static func inherited(_ store: Store) -> StatePlace? {
        let descriptors = names.map(store.take)
        guard descriptors.contains(where: { !$0.isEmpty }) else { return nil }
        guard descriptors.allSatisfy({ $0.count == 1 && isFile($0[0]) }) else {
            // One without the other, or several with one name: which belong together is unknown.
            discard(descriptors.flatMap { $0 }, store)
            return nil
        }
        return place(descriptors.map { $0[0] })
    }

    /// Two new files in memory, sent to systemd; nil if sending failed.
    private static func created(_ store: Store) throws(StateProblem) -> StatePlace? {
        var descriptors: [CInt] = []
        for name in names {
            let descriptor = clinux_memfd(name)
            guard descriptor >= 0 else {
                let problem = StateProblem.system(
                    "cannot create a file in memory, so nothing is kept for a restart",
                    "choose a folder for it: --set state.directory=DIR")
                discard(descriptors, store)
                throw problem
            }
            descriptors.append(descriptor)
            guard store.keep(descriptor, name) else {
                discard(descriptors, store)
                return nil
            }
        }
        return place(descriptors)
    }

    private static func place(_ descriptors: [CInt]) -> StatePlace {
        StatePlace(
            name: storeName,
            segments: zip(descriptors, names).map { StateFile(descriptor: $0, name: "\($1) in \(storeName)") })
    }

    private static func discard(_ descriptors: [CInt], _ store: Store) {
        names.forEach(store.forget)
        for descriptor in descriptors { close(descriptor) }
    }

    private static func isFile(_ descriptor: CInt) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
