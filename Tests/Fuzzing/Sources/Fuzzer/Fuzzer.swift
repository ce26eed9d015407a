// SPDX-License-Identifier: Apache-2.0
import Glibc

@testable import FuzzEntries

/// The entry point of this run. libFuzzer calls a single function, so an environment variable selects it.
private let entry: FuzzEntry = {
    let name = getenv("FUZZ_ENTRY").map { String(cString: $0) } ?? ""
    if let entry = FuzzEntry(rawValue: name) { return entry }
    printError("FUZZ_ENTRY has to be one of \(FuzzEntry.allCases.map(\.rawValue).joined(separator: ", "))")
    exit(2)
}()

// The leak checker does not recognize tagged pointers of Swift (in strings and enumerations), and reports tables in lazy
// globals as leaks. They are initialized while it is disabled. Leaks of inputs are still found.
@_silgen_name("__lsan_disable") private func disableLeakCheck()
@_silgen_name("__lsan_enable") private func enableLeakCheck()

/// Called by libFuzzer once at the start.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>?, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    disableLeakCheck()
    entry.warmUp()
    enableLeakCheck()
    return 0
}

/// Called by libFuzzer with every input. A fault ends the process, which makes libFuzzer keep the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do throws(FuzzFault) {
        try entry.run(Array(UnsafeBufferPointer(start: data, count: count)))
    } catch {
        printError("FAULT: \(error)")
        abort()
    }
    return 0
}

private func printError(_ text: String) {
    let line = text + "\n"
    _ = write(STDERR_FILENO, line, line.utf8.count)
}
