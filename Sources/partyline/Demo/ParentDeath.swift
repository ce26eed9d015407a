import Glibc

/// Ties a process to the one that started it: when that one dies, however it dies, so does this one.
enum ParentDeath {
    /// From linux/prctl.h; a number of the kernel's interface, and therefore fixed.
    private static let setParentDeathSignal: Int32 = 1

    private typealias ProcessControl = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32

    /// Asks for SIGTERM at the parent's death. False if the parent is dead already, or the system does not know how.
    static func follow(parent: Int32) -> Bool {
        // prctl(2) takes variable arguments, so Swift does not import it; on Linux's calling conventions they are passed
        // like fixed ones.
        guard let symbol = dlsym(nil, "prctl") else { return false }
        let control = unsafeBitCast(symbol, to: ProcessControl.self)
        return control(setParentDeathSignal, UInt(SIGTERM), 0, 0, 0) == 0 && getppid() == parent
    }
}
