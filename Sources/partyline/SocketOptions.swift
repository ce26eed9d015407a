import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// The options of every verb that speaks to the daemon.
struct SocketOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The daemon's socket (else $PARTYLINE_SOCKET, else the user service's).", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("The socket of a system service: /run/partyline/NAME.sock.", valueName: "name"))
    var instance: String?

    /// The socket's path by the rule that the daemon follows as well.
    func path() throws -> String {
        let path = SocketPath.resolve(explicit: socket, instance: instance, environment: Variables.forSocketPath)
        if let path { return path }
        throw CommandFailure(
            status: .usage, message: "nothing says where the socket is: XDG_RUNTIME_DIR is not set",
            next: ["partyline --socket /path/to/partyline.sock status"])
    }

    func place() throws -> SocketPlace {
        let isChosen = socket != nil || Variables.value("PARTYLINE_SOCKET") != nil
        return SocketPlace.look(path: try path(), instance: instance, isChosen: isChosen)
    }

    /// A connection that the daemon has welcomed.
    func connect() throws -> LineConnection {
        let path = try path()
        do throws(ConnectionError) {
            let connection = try LineConnection(path: path)
            _ = try connection.welcome()
            return connection
        } catch {
            throw FailureText.failure(error, try place())
        }
    }

    /// Does something with a fresh connection; what the client library throws comes out as a failure of the command.
    func withConnection<Result>(_ body: (LineConnection) throws -> Result) throws -> Result {
        let connection = try connect()
        do { return try body(connection) } catch let error as ConnectionError {
            throw FailureText.failure(error, try place())
        } catch let error as ProtocolFailure {
            throw FailureText.failure(error)
        } catch let error as CallFailure {
            throw FailureText.failure(error)
        }
    }
}
