// SPDX-License-Identifier: Apache-2.0

/// The ARNs of an agent's two instances, and which is active. These values override the configuration file's.
public struct RegionPair: Sendable, Equatable {
    public var arn: String?
    /// The ARN of the same agent's instance in the other region.
    public var otherARN: String?
    /// Whether this instance is the active one at the start; nil: the file decides.
    public var isActive: Bool?

    /// Overrides nothing.
    public init() {}

    /// Whether `arn` has the form of an instance's ARN.
    public static func isInstance(_ arn: String) -> Bool { arn.hasPrefix("arn:") && arn.contains(":instance/") }
}

extension SimulatorConfiguration {
    private enum Side: String, CaseIterable { case this, other }

    /// Reads the key `instance`. The ARN is applied first, because the standard settings derive other ARNs from it.
    mutating func readInstance(_ root: inout YAMLReader, _ regions: RegionPair) throws(ConfigurationError) {
        guard var reader = try root.mapping("instance") else { return try apply(regions, root.file) }
        var regions = regions
        let arn = try instanceARN("arn", &reader)
        let other = try instanceARN("otherArn", &reader)
        let side = try reader.choice("active", Side.self)
        regions.arn = regions.arn ?? arn
        regions.otherARN = regions.otherARN ?? other
        regions.isActive = regions.isActive ?? side.map { $0 == .this }
        try apply(regions, root.file)
        if let region = try reader.string("region") { settings.region = region }
        if let flag = try reader.boolean("voiceId") { settings.hasVoiceID = flag }
        if let flag = try reader.boolean("quickResponses") { settings.hasQuickResponses = flag }
        try reader.finish()
    }

    private func instanceARN(_ key: String, _ reader: inout YAMLReader) throws(ConfigurationError) -> String? {
        guard let arn = try reader.string(key) else { return nil }
        guard RegionPair.isInstance(arn) else {
            throw reader.error(key, "must be like arn:aws:connect:<region>:<account>:instance/<id>")
        }
        return arn
    }

    private mutating func apply(_ regions: RegionPair, _ file: String) throws(ConfigurationError) {
        if let arn = regions.arn { settings = .standard(arn: arn) }
        settings.otherARN = regions.otherARN
        settings.startsActive = regions.isActive ?? true
        if settings.otherARN == settings.instanceARN {
            throw ConfigurationError(
                file: file, line: nil, key: "instance.otherArn", message: "must differ from instance.arn")
        }
        guard settings.startsActive || settings.otherARN != nil else {
            throw ConfigurationError(
                file: file, line: nil, key: "instance.active", message: "cannot be 'other' without instance.otherArn")
        }
    }
}
