import Glibc

@testable import FuzzEntries

/// The entry that this run is about: libFuzzer knows one function only, so the environment says which.
private let entry: FuzzEntry = {
    let name = getenv("FUZZ_ENTRY").map { String(cString: $0) } ?? ""
    if let entry = FuzzEntry(rawValue: name) { return entry }
    say("FUZZ_ENTRY has to be one of \(FuzzEntry.allCases.map(\.rawValue).joined(separator: ", "))")
    exit(2)
}()

// The leak checker does not see pointers that carry bits of Swift's own (in strings, in enumerations), so it takes tables
// that are made once and kept for leaks. They are made while it looks away; whatever an input leaks is found.
@_silgen_name("__lsan_disable") private func disableLeakCheck()
@_silgen_name("__lsan_enable") private func enableLeakCheck()

/// What libFuzzer calls before everything else.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>?, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    disableLeakCheck()
    entry.warmUp()
    enableLeakCheck()
    return 0
}

/// What libFuzzer calls with every input. A fault ends the process, so that the input is kept.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do throws(FuzzFault) {
        try entry.run(Array(UnsafeBufferPointer(start: data, count: count)))
    } catch {
        say("FAULT: \(error)")
        abort()
    }
    return 0
}

private func say(_ text: String) {
    let line = text + "\n"
    _ = write(STDERR_FILENO, line, line.utf8.count)
}
