import AgentModel
import ArgumentParser
import ConnectStreams
import Glibc
import StreamsProtocol

/// `partyline watch`: the line's events until interrupted, over any number of restarts of the daemon.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Print what happens, as it happens.",
        discussion: """
            With --json every line of the socket as it came. If the daemon goes away, watch says so once and waits for \
            it. It ends with status 0 when it is interrupted or nobody reads its output any more.
            """)

    @OptionGroup var options: SocketOptions
    @Flag(help: "Print the socket's lines instead of sentences.") var json = false

    func run() throws {
        Self.endQuietly()
        var view = WatchView(palette: .standardOutput, asJSON: json)
        var connection = try options.connect()
        while true {
            view.gone(Self.follow(connection, &view))
            connection = try reconnect()
            view.back()
        }
    }

    /// Hands on messages until the connection ends, and says why it did.
    private static func follow(_ connection: LineConnection, _ view: inout WatchView) -> ConnectionError {
        while true {
            do throws(ConnectionError) { view.show(try connection.nextMessage()) } catch { return error }
        }
    }

    /// Tries until the daemon is back. What will not get better by waiting is thrown.
    private func reconnect() throws -> LineConnection {
        var pause: Int32 = 100
        while true {
            _ = poll(nil, 0, pause)
            pause = min(pause * 2, 2000)
            do { return try options.connect() } catch let failure as CommandFailure where failure.status != .denied {
                continue
            }
        }
    }

    /// Every line has been written when it was printed, so there is nothing to finish: each of these ends the command at
    /// once, and well.
    private static func endQuietly() {
        EndSignals.handle { _ in _exit(0) }
    }
}
