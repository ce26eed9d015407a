// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing

/// A running binary of the package.
final class Program {
    private let process = Process()
    private let output: String
    private let errorFile: String

    /// Starts a binary next to the tests' own, or `executable`.
    init(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], folder: String,
        executable: URL? = nil
    ) throws {
        let id = String(UInt32.random(in: 0...UInt32.max), radix: 36)
        output = "\(folder)/\(name).\(id).out"
        errorFile = "\(folder)/\(name).\(id).err"
        for file in [output, errorFile] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        process.executableURL = executable ?? Self.binary(name)
        process.arguments = arguments
        var variables = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder]
        variables.merge(environment) { $1 }
        process.environment = variables
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errorFile)
        try process.run()
    }

    static func binary(_ name: String) -> URL {
        // The test bundle and the binaries are products of the same build, side by side.
        let bundle = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
        let folder =
            bundle?.deletingLastPathComponent()
            ?? URL(filePath: ProcessInfo.processInfo.arguments[0]).deletingLastPathComponent()
        return folder.appending(path: name)
    }

    var isRunning: Bool { process.isRunning }
    var pid: Int32 { process.processIdentifier }
    var printed: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOfFile: errorFile, encoding: .utf8)) ?? "" }

    func kill(_ signal: Int32) { if process.isRunning { Glibc.kill(process.processIdentifier, signal) } }

    /// Waits for the first complete line of standard output.
    func firstLine() throws -> String? {
        try eventually("a first line of \(process.executableURL?.lastPathComponent ?? "") (\(errors))") {
            self.printed.contains("\n")
        }
        return printed.split(separator: "\n").first.map(String.init)
    }

    /// Waits for the end and returns the exit status (128 + the signal's number for a signal).
    func end(within seconds: Double = 10) throws -> Int32 {
        try eventually("the end of \(process.executableURL?.lastPathComponent ?? "")", seconds: seconds) {
            !self.process.isRunning
        }
        return process.terminationReason == .uncaughtSignal
            ? 128 + process.terminationStatus : process.terminationStatus
    }

    static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], folder: String,
        executable: URL? = nil, seconds: Double = 20
    ) throws -> (status: Int32, printed: String, errors: String) {
        let program = try Program(
            name, arguments, environment: environment, folder: folder, executable: executable)
        let status = try program.end(within: seconds)
        return (status, program.printed, program.errors)
    }
}
