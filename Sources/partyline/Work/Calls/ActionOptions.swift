// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// The options of every verb that acts for the agent.
struct ActionOptions: ParsableArguments {
    @Flag(name: .customLong("no-confirm"), help: "Do not wait until a snapshot shows the effect.")
    var isUnconfirmed = false
    @Option(
        parsing: .unconditional, help: ArgumentHelp("How long the daemon may take to answer.", valueName: "seconds"))
    var timeout = 30.0
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func validate() throws {
        guard timeout > 0, timeout <= 600 else { throw ValidationError("--timeout takes seconds, up to 600") }
    }

    /// `operation` as a call with these options.
    func call(_ operation: ServiceStep) -> ServiceCall {
        ServiceCall(
            method: operation.method, params: operation.params, confirms: !isUnconfirmed,
            milliseconds: max(1, Int(timeout * 1000)))
    }

    /// Prints the daemon's answer, or the sentence about what is so now.
    func print(_ answer: JSON, _ sentence: () throws -> String) rethrows {
        if format.isJSON { return Console.out(answer.text.escapingDisplayControls) }
        Console.out(Text.printable(try sentence()))
    }
}

/// An operation of the service with its parameters.
struct ServiceStep: Equatable {
    let method: String
    let params: JSON

    init(_ method: String, _ params: JSON) {
        self.method = method
        self.params = params
    }

    /// An operation on a contact, or on one of its legs.
    init(_ method: String, on contact: ContactData, leg: ConnectionData? = nil, _ more: [(String, JSON)] = []) {
        self.method = method
        var params = JSONObject([("contactId", .string(contact.contactId ?? ""))] + more)
        params["connectionId"] = leg.map { .string($0.connectionId ?? "") }
        self.params = .object(params)
    }
}
