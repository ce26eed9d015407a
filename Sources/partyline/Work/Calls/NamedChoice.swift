// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Chooses one of several things by what a person typed: its name or identifier, or the beginning of its name. Pure.
enum NamedChoice {
    enum Failure: Error, Equatable {
        /// Nothing has that name; with the most similar name.
        case unknown(near: String?)
        /// Several names begin with it.
        case ambiguous([String])
    }

    /// - Parameters:
    ///   - names: of a thing: its name and identifiers. Upper and lower case are the same.
    static func of<Thing>(
        _ typed: String, among things: [Thing], names: (Thing) -> [String]
    ) throws(Failure) -> Thing {
        let wanted = typed.lowercased()
        if let whole = things.first(where: { names($0).contains { $0.lowercased() == wanted } }) { return whole }
        let begun = typed.isEmpty ? [] : things.filter { names($0).first?.lowercased().hasPrefix(wanted) == true }
        if begun.count == 1, let thing = begun.first { return thing }
        guard begun.isEmpty else { throw .ambiguous(begun.compactMap { names($0).first }) }
        throw .unknown(near: NearestWord.of(typed, among: things.compactMap { names($0).first }))
    }
}

extension NamedChoice.Failure {
    /// The failure in words.
    ///
    /// - Parameters:
    ///   - what: the kind of thing.
    ///   - known: the names there are.
    ///   - command: the verb without the name.
    func failure(_ typed: String, _ what: String, known: [String], command: String) -> CommandFailure {
        switch self {
        case .ambiguous(let names):
            return CommandFailure(
                status: .usage, message: "\"\(typed)\" is the beginning of \(Self.list(names))",
                next: names.map { "\(command) \(CommandName.quoted($0))" })
        case .unknown(let near):
            let list = known.isEmpty ? "there is none" : "there is: \(Self.list(known))"
            return CommandFailure(
                status: .usage, message: "there is no \(what) \"\(Text.cut(typed, 60))\"; \(list)",
                next: near.map { ["\(command) \(CommandName.quoted($0))"] } ?? [])
        }
    }

    private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
