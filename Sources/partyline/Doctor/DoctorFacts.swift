import AgentModel
import ConnectStreams

/// All that `doctor` has found out; what it makes of it is decided without looking again.
struct DoctorFacts {
    /// A file or a folder.
    struct File: Equatable {
        enum Kind: Equatable {
            case folder, socket, other
        }

        var kind: Kind
        /// The permission bits.
        var mode: UInt32
        var uid: UInt32
        /// The owner by name.
        var owner: String
    }

    /// The file by which a daemon that made its socket itself keeps others away.
    enum Lock: Equatable {
        case none
        case free
        case held(pid: Int?)
    }

    /// What the daemon said when it was called.
    enum Answer: Equatable {
        case welcome(Welcome, milliseconds: Int)
        case failure(ConnectionError)
    }

    /// Which rule gave the path: `--socket`, `the user service's place`.
    var rule: String
    var place: SocketPlace
    /// This user.
    var uid: UInt32
    var folderPath: String
    var folder: File?
    var socket: File?
    var lock = Lock.none
    /// systemd's word on the socket's unit (`active`); nil where there is no systemd or no unit.
    var unit: String?
    var answer: Answer
    /// What `getStatus` answered.
    var status: JSON?
    /// Why it did not.
    var statusFailure: ProtocolFailure?
    /// How many files the daemon may open.
    var openFiles: Int?
    /// Milliseconds since 1970.
    var now: Int64
}
