import Glibc

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

/// What the reader has to type to get this program again.
///
/// Its bare name only where the shell would find it by that, and with the socket that was asked for.
enum CommandName {
    /// A suggested command as it works here.
    static func here(_ command: String) -> String {
        shown(command, arguments: CommandLine.arguments, folder: workingFolder)
    }

    static func shown(_ command: String, arguments: [String], folder: String) -> String {
        let words = command.split(separator: " ", maxSplits: 1)
        guard let name = words.first, ["partyline", "partylined"].contains(name) else { return command }
        var result = place(arguments.first ?? "", folder) + name
        // The demo has a socket of its own, and the daemon's command names the one it is about.
        if name == "partyline", words.count > 1, !words[1].hasPrefix("demo"), !words[1].hasPrefix("--socket") {
            result = ([result] + GlobalOptions.given(in: Array(arguments.dropFirst())).map(quoted)).joined(
                separator: " ")
        }
        return words.count > 1 ? "\(result) \(words[1])" : result
    }

    /// The folder of the program as it was called, relative to where the reader is.
    private static func place(_ path: String, _ folder: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        let place = path[...slash]
        return String(place.hasPrefix(folder + "/") ? place.dropFirst(folder.count + 1) : place)
    }

    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "/._-=@:+,".utf8.contains(byte)
        }
        return isPlain
            ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    private static var workingFolder: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard getcwd(&buffer, buffer.count) != nil else { return "/" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
