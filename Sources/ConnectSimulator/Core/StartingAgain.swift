extension SimulatedInstance {
    /// Everything back to the beginning, but for the version, which never goes back: a poll that waits must notice.
    mutating func startAgain() {
        let fresh = SimulatedInstance(settings: settings, seed: 0, now: now)
        agent = fresh.agent
        contacts = []
        waiting = []
        scheduled = []
        faults = []
        cleared = []
        idempotent = [:]
        voiceID.forget()
        failover = fresh.failover
        sharedScreens = []
        clockShift = 0
        transportSeconds = settings.transportSeconds
        credentials.accessTokenSeconds = settings.accessTokenSeconds
    }
}
