// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// A setting of the agent by its name: `softphoneEnabled`, or `agentPreferences.LANGUAGE`. Pure.
struct AgentSetting: Equatable {
    /// The names of the settings. What is in agentPreferences has names of its own.
    static let names = [
        "softphoneEnabled", "softphoneAutoAccept", "extension", "voiceEnhancementMode", preferences,
    ]
    private static let preferences = "agentPreferences"
    private static let switches = ["softphoneEnabled", "softphoneAutoAccept"]

    /// The parts of the name: one, or two for a preference.
    let path: [String]

    init(_ name: String) throws(CommandFailure) {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        let isPreference = parts.first == Self.preferences
        guard let first = parts.first, Self.names.contains(first), parts.count == 1 || isPreference else {
            let near = NearestWord.of(name, among: Self.names)
            throw CommandFailure(
                status: .usage,
                message: "there is no setting \"\(Text.cut(name, 60))\"; there is: "
                    + "\(Self.names.joined(separator: ", "))",
                next: (near.map { ["partyline settings get \($0)"] } ?? []) + ["partyline settings get"])
        }
        path = parts
    }

    var name: String { path.joined(separator: ".") }

    func value(in configuration: AgentConfiguration) -> JSON? {
        var value: JSON? = .object(configuration.json)
        for part in path { value = value?[part] }
        return value
    }

    /// The patch that sets it: JSON if the text is JSON, otherwise text. Preferences and what is text now stay text;
    /// null removes a preference.
    func patch(_ text: String, in configuration: AgentConfiguration) throws(CommandFailure) -> JSON {
        let parsed = (try? JSON(parsing: text)) ?? .string(text)
        let isText = path.count > 1 || value(in: configuration)?.string != nil
        let value = isText && parsed.string == nil && !parsed.isNull ? .string(text) : parsed
        try check(value, text)
        return path.reversed().reduce(value) { inner, part in .object(JSONObject([(part, inner)])) }
    }

    private func check(_ value: JSON, _ text: String) throws(CommandFailure) {
        if value.isNull, path.count == 1 {
            let isText = name == "extension"
            throw CommandFailure(
                status: .usage,
                message: "\(name) cannot be removed" + (isText ? "; an empty text clears it" : ""),
                next: [isText ? "partyline settings set extension ''" : "partyline settings get"])
        }
        let isWrongSwitch = Self.switches.contains(name) && value.bool == nil
        let isWrongObject = name == Self.preferences && value.object == nil
        guard isWrongSwitch || isWrongObject else { return }
        throw CommandFailure(
            status: .usage,
            message: isWrongSwitch
                ? "\(name) is true or false, not \(Text.cut(text, 40))" : "\(name) is an object; set one preference",
            next: [
                isWrongSwitch ? "partyline settings set \(name) true" : "partyline settings set \(name).LANGUAGE de_DE"
            ])
    }

    /// Name and value of each setting, one for each preference.
    static func rows(_ configuration: AgentConfiguration) -> [[String]] {
        names.flatMap { name -> [[String]] in
            guard let value = configuration.json[name] else { return [] }
            guard name == preferences, let object = value.object else { return [[name, shown(value)]] }
            return object.members.map { ["\(name).\($0.name)", shown($0.value)] }
        }
    }

    static func shown(_ value: JSON) -> String { value.string ?? value.text }
}
