// SPDX-License-Identifier: Apache-2.0
import Glibc

/// `partyline --socket PATH watch` means `partyline watch --socket PATH`.
///
/// The argument parser would give an option before the verb to the root command. Moving the option behind the verb
/// makes both forms equal.
enum GlobalOptions {
    static func rearranged(_ arguments: [String]) -> [String] {
        var rest = arguments[...]
        var moved = leading(&rest)
        // `--version` runs the verb `version`, which also prints the daemon's version.
        guard let verb = rest.first else { return moved }
        // `help` takes no options.
        if verb == "help" { return Array(rest) }
        rest = rest.dropFirst()
        var verbs = [verb == "--version" ? "version" : verb]
        if Verbs.isGroup(verb) {
            moved += leading(&rest)
            if let inner = rest.first, !inner.hasPrefix("-") { verbs.append(rest.removeFirst()) }
        }
        return verbs + moved + commandNamed(verb, rest)
    }

    /// Takes the global options at the beginning.
    private static func leading(_ rest: inout ArraySlice<String>) -> [String] {
        var taken: [String] = []
        while let first = rest.first, isGlobal(first) {
            let count = first.contains("=") ? 1 : 2
            taken += rest.prefix(count)
            rest = rest.dropFirst(count)
        }
        return taken
    }

    /// The arguments after `hook … --` are the value of its `--run`.
    private static func commandNamed(_ verb: String, _ rest: ArraySlice<String>) -> [String] {
        guard verb == "hook", let dashes = rest.firstIndex(of: "--"),
            !rest[..<dashes].contains(where: { $0 == "--run" || $0.hasPrefix("--run=") })
        else { return Array(rest) }
        return rest[..<dashes] + ["--run"] + rest[(dashes + 1)...]
    }

    /// The global options, wherever they are on the command line. A suggested command has to repeat them.
    static func given(in arguments: [String]) -> [String] {
        var result: [String] = []
        // Arguments after two dashes belong to another program.
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

/// The form in which a suggested command can be typed.
///
/// The program's bare name is used only if the shell found it by that name. The socket options of this command line are
/// repeated.
enum CommandName {
    /// A suggested command as it works in the user's shell.
    static func here(_ command: String) -> String {
        shown(command, arguments: CommandLine.arguments, folder: workingFolder)
    }

    static func shown(_ command: String, arguments: [String], folder: String) -> String {
        let words = command.split(separator: " ", maxSplits: 1)
        guard let name = words.first, ["partyline", "partylined"].contains(name) else { return command }
        var result = place(arguments.first ?? "", folder) + name
        // The demo has its own socket, help needs none, and a command may already contain one.
        if name == "partyline", words.count > 1, !words[1].hasPrefix("demo"), words[1] != "help",
            !words[1].hasPrefix("--socket")
        {
            result = ([result] + GlobalOptions.given(in: Array(arguments.dropFirst())).map(quoted)).joined(
                separator: " ")
        }
        return words.count > 1 ? "\(result) \(words[1])" : result
    }

    /// The folder of the program as it was called, relative to the working folder.
    private static func place(_ path: String, _ folder: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        let place = path[...slash]
        return String(place.hasPrefix(folder + "/") ? place.dropFirst(folder.count + 1) : place)
    }

    /// A word as it has to be typed in a shell.
    static func quoted(_ word: String) -> String {
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
