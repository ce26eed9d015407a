/// `partyline --socket PATH watch` means `partyline watch --socket PATH`.
///
/// The argument parser would take an option before the verb for the root's own; here it is moved behind the verb, so
/// that both ways of writing it are one.
enum GlobalOptions {
    static func rearranged(_ arguments: [String]) -> [String] {
        var moved: [String] = []
        var rest = arguments[...]
        while let first = rest.first, isGlobal(first) {
            let count = first.contains("=") ? 1 : 2
            moved += rest.prefix(count)
            rest = rest.dropFirst(count)
        }
        // A version asked for in the usual way is the verb: it also knows the daemon's.
        guard let verb = rest.first else { return moved }
        return [verb == "--version" ? "version" : verb] + moved + commandNamed(verb, rest.dropFirst())
    }

    /// What follows two dashes after `hook` is the value of its `--run`.
    private static func commandNamed(_ verb: String, _ rest: ArraySlice<String>) -> [String] {
        guard verb == "hook", let dashes = rest.firstIndex(of: "--"),
            !rest[..<dashes].contains(where: { $0 == "--run" || $0.hasPrefix("--run=") })
        else { return Array(rest) }
        return rest[..<dashes] + ["--run"] + rest[(dashes + 1)...]
    }

    /// The global options of a command line, wherever they stand: a command that is suggested has to name them again.
    static func given(in arguments: [String]) -> [String] {
        var result: [String] = []
        // What follows two dashes is another program's.
        var rest = arguments.prefix { $0 != "--" }
        while let first = rest.first {
            let count = isGlobal(first) && !first.contains("=") ? 2 : 1
            if isGlobal(first) { result += rest.prefix(count) }
            rest = rest.dropFirst(count)
        }
        return result
    }

    private static func isGlobal(_ argument: String) -> Bool {
        ["--socket", "--instance"].contains { argument == $0 || argument.hasPrefix($0 + "=") }
    }
}
