// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// Words for the shell's completion, from the daemon. Without one there are none: a completion must neither wait nor
/// print.
enum Completions {
    static let contacts = completion { connection in try desk(connection).contacts.compactMap(\.contactId) }
    static let states = completion { connection in
        try desk(connection).agent.configuration.agentStates.compactMap(\.name)
    }
    static let queues = completion { connection in
        try Queues(desk(connection).agent.configuration).all.compactMap(\.name)
    }
    static let quickConnects = completion { connection in
        try QuickConnects.read(connection, queueARNs: nil, timeout: timeout).compactMap(\.name)
    }
    static let settings = CompletionKind.list(AgentSetting.names)

    private static let timeout = Duration.milliseconds(100)

    private static func desk(_ connection: LineConnection) throws -> Desk {
        Desk(try connection.request("getAgent", timeout: timeout), now: 0)
    }

    private static func completion(
        _ words: @escaping @Sendable (LineConnection) throws -> [String]
    ) -> CompletionKind {
        .custom { arguments, _, _ in
            let given = GlobalOptions.given(in: arguments)
            guard let options = try? SocketOptions.parse(given), let path = try? options.path(),
                let connection = try? LineConnection(path: path, timeout: timeout),
                (try? connection.welcome(timeout: timeout)) != nil
            else { return [] }
            return ((try? words(connection)) ?? []).map(Text.printable)
        }
    }
}
