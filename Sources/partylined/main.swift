import PartylineDaemon

// The main task's priority is that of something a user waits for. Tasks inherit it, and Dispatch would try to raise its
// threads' priority for them, and complain on standard error where the user may not.
let daemon: Task<Void, Never> = Task.detached(priority: .medium) { await PartylinedCommand.runAndExit() }
await daemon.value
