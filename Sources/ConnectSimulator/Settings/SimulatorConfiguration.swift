// SPDX-License-Identifier: Apache-2.0

/// The simulated instance's agent, queues, sessions and timings, read from YAML. Every key has a default;
/// `Config/simulator/simulator.yaml` documents all keys.
public struct SimulatorConfiguration: Sendable, Equatable {
    /// The agent's user name for signing in.
    public var username: String { settings.username }
    /// The agent's password for signing in.
    public var password: String
    var settings: InstanceSettings

    public init() {
        self.init(password: "streams", settings: .standard())
    }

    private init(password: String, settings: InstanceSettings) {
        self.password = password
        self.settings = settings
    }

    /// Reads a configuration.
    ///
    /// - Parameters:
    ///   - yaml: the document.
    ///   - file: the file name to use in errors.
    ///   - regions: values that override the document's.
    /// - Throws: `ConfigurationError` with the line and key of the error.
    public init(
        yaml: String, file: String, regions: RegionPair = RegionPair()
    ) throws(ConfigurationError) {
        self.init()
        var root = try YAMLReader(YAMLValue(text: yaml, file: file), file: file)
        try readInstance(&root, regions)
        if let states = try root.mappings("states") { try readStates(states, in: file) }
        if var reader = try root.mapping("routingProfile") { try readRoutingProfile(&reader) }
        if let readers = try root.mappings("quickConnects") { try readQuickConnects(readers) }
        if var reader = try root.mapping("agent") { try readAgent(&reader) }
        if var reader = try root.mapping("sessions") { try readSessions(&reader) }
        if var reader = try root.mapping("timings") { try readTimings(&reader) }
        if var reader = try root.mapping("otherAgent") { try readOtherAgent(&reader) }
        if var reader = try root.mapping("readings") { try readReadings(&reader) }
        if settings.otherAgent.login == settings.username {
            throw root.error(
                "agent", "and otherAgent have the same username, \(settings.username): give otherAgent another one")
        }
        try root.finish()
    }

    private mutating func readAgent(_ reader: inout YAMLReader) throws(ConfigurationError) {
        if let name = try reader.string("name") { settings.agentName = name }
        if let name = try reader.string("username") { settings.username = name }
        if let text = try reader.string("password") { password = text }
        if let count = try reader.integer("lockAfter", in: 0...1000) { settings.lockAfter = count }
        if let state = try reader.string("initialState") {
            guard settings.states.contains(where: { $0.name == state }) else {
                throw reader.error(
                    "initialState", "must be one of \(settings.states.map(\.name).joined(separator: ", "))")
            }
            settings.initialState = state
        }
        if let flag = try reader.boolean("softphone") { settings.softphoneEnabled = flag }
        if let flag = try reader.boolean("autoAccept") { settings.softphoneAutoAccept = flag }
        if let number = try reader.string("deskPhone") { settings.deskPhone = number }
        if !settings.softphoneEnabled, settings.deskPhone.isEmpty {
            throw reader.error("deskPhone", "is required if softphone is false, for example \"+12065550199\"")
        }
        if let texts = try reader.texts("preferences") { settings.preferences = texts }
        if let list = try reader.strings("permissions") { settings.permissions = list }
        if let list = try reader.strings("countries") {
            if let unknown = list.first(where: { SimulatedInstance.callingCodes[$0] == nil }) {
                throw reader.error(
                    "countries", "has the unknown country '\(unknown)'; use two lower-case letters, like us or de")
            }
            settings.countries = list
        }
        if let count = try reader.integer("maximumThirdParties", in: 1...4) { settings.maximumThirdParties = count }
        if let mode = try reader.choice("voiceEnhancementMode", VoiceEnhancementMode.self) {
            settings.voiceEnhancementMode = mode.rawValue
        }
        try reader.finish()
    }

    private mutating func readOtherAgent(_ reader: inout YAMLReader) throws(ConfigurationError) {
        if let name = try reader.string("name") { settings.otherAgent.name = name }
        if let login = try reader.string("username") { settings.otherAgent.login = login }
        if settings.otherAgent.login.isEmpty { throw reader.error("username", "must not be empty") }
        try reader.finish()
    }

    private enum VoiceEnhancementMode: String, CaseIterable {
        case voiceIsolation = "VOICE_ISOLATION"
        case noiseSuppression = "NOISE_SUPPRESSION"
        case none = "NONE"
    }

    private enum RingingState: String, CaseIterable { case connecting, incoming }

    private mutating func readReadings(_ reader: inout YAMLReader) throws(ConfigurationError) {
        if let state = try reader.choice("ringingState", RingingState.self) {
            settings.ringsInIncoming = state == .incoming
        }
        if let flag = try reader.boolean("liveChatsBindState") { settings.liveChatsBindState = flag }
        try reader.finish()
    }

    private mutating func readSessions(_ reader: inout YAMLReader) throws(ConfigurationError) {
        if let seconds = try reader.number("accessTokenSeconds") { settings.accessTokenSeconds = seconds }
        if let seconds = try reader.integer("transportSeconds", in: 1...1_000_000) {
            settings.transportSeconds = seconds
        }
        try reader.finish()
    }

    private mutating func readTimings(_ reader: inout YAMLReader) throws(ConfigurationError) {
        if let seconds = try reader.number("ring") { settings.timings.ring = seconds }
        if let seconds = try reader.number("customerRing") { settings.timings.customerRing = seconds }
        if let seconds = try reader.number("autoAccept") { settings.timings.autoAccept = seconds }
        if let seconds = try reader.number("disconnect") { settings.timings.disconnect = seconds }
        if let seconds = try reader.number("customerAnswers", atLeast: -1) {
            settings.timings.customerAnswers = seconds < 0 ? nil : seconds
        }
        if let seconds = try reader.number("thirdPartyAnswers", atLeast: -1) {
            settings.timings.thirdPartyAnswers = seconds < 0 ? nil : seconds
        }
        try reader.finish()
    }
}
