// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", abstract: "Runs the measures (default).")

    @Flag(help: "List the measures and exit.")
    var list = false

    @Option(help: "Run only this measure; repeatable.")
    var only: [String] = []

    @Option(help: "Rounds of each measure; the figures are their medians.")
    var rounds = 5

    @Option(help: "Seconds of each run. Default: depends on the measure.")
    var seconds: Double?

    @Option(help: "Numbers of subscribers in fan-out, separated by commas.")
    var subscribers = "1,10,100,1000"

    @Option(help: "Sizes of a message in fan-out, in bytes, separated by commas.")
    var sizes = "1024,8192"

    @Option(help: "Systems in fan-out and latency: plain, gathering, partyline, subscribers, redis, mosquitto, nats.")
    var systems = SystemName.allCases.map(\.rawValue).joined(separator: ",")

    @Option(help: "Path of partylined.")
    var daemon = ".build/release/partylined"

    @Option(help: "Another build of partylined to measure in the same run: NAME=PATH; repeatable.")
    var beside: [String] = []

    @Option(name: .customLong("set"), help: "Configure the daemon: KEY=VALUE; repeatable.")
    var settings: [String] = []

    @Option(help: "Path of connect-simulator.")
    var simulator = ".build/release/connect-simulator"

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "Also replace the measures' tables in this Markdown file.")
    var write: String?

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("--rounds must be at least 1.") }
        if let unknown = only.first(where: { !Measures.names.contains($0) }) {
            throw ValidationError("There is no measure '\(unknown)'; --list lists all.")
        }
        _ = try setting()
    }

    func run() throws {
        guard !list else { return Measures.all.forEach { print(Self.padded($0.name), $0.summary) } }
        Machine.raiseDescriptorLimit()
        let setting = try setting()
        for path in [setting.simulator] + setting.builds.map(\.path) where access(path, X_OK) != 0 {
            throw Failure("\(path) cannot be run: build it with `make bench`, or set --daemon or --simulator")
        }
        var report = Report(machine: .this)
        for measure in Measures.all where only.isEmpty || only.contains(measure.name) {
            setting.log("\(measure.name): \(measure.summary)")
            let section = Report.Section(
                measure: measure.name, day: Clock.today, tables: try measure.init().tables(setting))
            report.sections.append(section)
            if !json { Self.show(report.text(section)) }
        }
        if json { Self.show(report.json) }
        if let write { try store(report, in: write) }
    }

    /// Unbuffered: `print` would hold results back if standard output is a pipe.
    private static func show(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

    private func store(_ report: Report, in file: String) throws {
        let readme = try String(contentsOfFile: file, encoding: .utf8)
        try report.merged(into: readme, order: Measures.names)
            .write(toFile: file, atomically: true, encoding: .utf8)
    }

    private func setting() throws -> Setting {
        let own = try pairs(settings, "--set", "KEY=VALUE")
        let others = try pairs(beside, "--beside", "NAME=PATH").map { DaemonBuild(name: $0.0, path: $0.1) }
        let keys = Dictionary(own) { $1 }
        var setting = Setting(
            builds: [DaemonBuild(name: "partyline", path: daemon, settings: keys)] + others, simulator: simulator,
            ownPath: Bundle.main.executablePath ?? CommandLine.arguments[0],
            log: { FileHandle.standardError.write(Data(("benchmarks: " + $0 + "\n").utf8)) })
        setting.rounds = rounds
        setting.seconds = seconds
        setting.subscribers = try numbers(subscribers, "--subscribers", least: 1)
        setting.sizes = try numbers(sizes, "--sizes", least: 64)
        setting.systems = Set(
            try systems.split(separator: ",").map { word in
                guard let name = SystemName(rawValue: String(word)) else {
                    throw ValidationError("--systems: there is no system '\(word)'.")
                }
                return name
            })
        return setting
    }

    private func numbers(_ text: String, _ option: String, least: Int) throws -> [Int] {
        let numbers = text.split(separator: ",").map { Int($0) ?? 0 }
        guard !numbers.isEmpty, numbers.allSatisfy({ $0 >= least }) else {
            throw ValidationError("\(option) takes numbers of at least \(least), separated by commas.")
        }
        return numbers
    }

    private func pairs(_ texts: [String], _ option: String, _ form: String) throws -> [(String, String)] {
        try texts.map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("\(option) takes \(form).") }
            return (parts[0], parts[1])
        }
    }

    private static func padded(_ name: String) -> String {
        name + String(repeating: " ", count: max(0, 14 - name.count))
    }
}
