// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// A client's change of the agent's configuration: only the settings that it names. It is merged as RFC 7396 says: members of
/// objects one by one, and null removes a member, which is only possible within an object.
struct SettingsPatch: Equatable {
    private let members: JSONObject

    /// In bytes of JSON. Looking up a member takes linear time, so merging takes quadratic time.
    private static let limit = 8 << 10

    /// - Throws: what is wrong, and what is possible.
    init(_ patch: JSONObject) throws(ProtocolError) {
        members = patch
        guard JSON.object(patch).encoded.count <= Self.limit else {
            throw ProtocolError(.invalidParams, "params.patch is longer than \(Self.limit) bytes")
        }
        guard !patch.isEmpty else {
            throw ProtocolError(.invalidParams, "params.patch names no setting; there are \(Self.list(Self.names))")
        }
        try Self.check(patch, Self.names, at: "params.patch")
        for member in patch.members where member.value.isNull {
            throw ProtocolError(.invalidParams, "params.patch.\(member.name) cannot be null")
        }
        try checkProfile()
        try checkLocale()
        do throws(ServiceError) {
            _ = try ParameterCheck.encode(.object(patch), as: Self.shape, at: "params.patch")
        } catch {
            throw ProtocolError(.invalidParams, error.message ?? error.type)
        }
    }

    func applied(to configuration: JSON) -> JSON { configuration.merged(with: .object(members)) }

    // MARK: Checks

    private static let names = ParameterMapping.settings

    /// As in the service's model, but nothing is required.
    private static let shape: Shape = {
        guard case .structure(let members) = ServiceModel.configuration else { return ServiceModel.nothing }
        let known = members.filter { names.contains($0.name) }.map { Shape.Member.optional($0.name, $0.shape) }
        return .structure(known + [.optional("voiceEnhancementMode", .string)])
    }()

    private func checkProfile() throws(ProtocolError) {
        guard let profile = members["routingProfile"]?.object else { return }
        try Self.check(profile, ParameterMapping.profileMembers, at: "params.patch.routingProfile")
        guard let queue = profile["defaultOutboundQueue"]?.object else { return }
        try Self.check(
            queue, ParameterMapping.queueMembers, at: "params.patch.routingProfile.defaultOutboundQueue")
    }

    private static func check(_ object: JSONObject, _ names: [String], at path: String) throws(ProtocolError) {
        guard let unknown = object.names.first(where: { !names.contains($0) }) else { return }
        let word = String(decoding: unknown.utf8.prefix(64), as: UTF8.self)
        throw ProtocolError(
            .invalidParams, "\(path) has no member \"\(word)\"; there are \(list(names))",
            hint: NearestWord.of(unknown, among: names).map { "did you mean \"\($0)\"?" })
    }

    /// The languages that Streams accepts. The service accepts any text, and the agent's pages would be without words.
    private static let locales = [
        "en_US", "de_DE", "es_ES", "fr_FR", "ja_JP", "it_IT", "ko_KR", "pt_BR", "zh_CN", "zh_TW",
    ]

    private func checkLocale() throws(ProtocolError) {
        let locale = members["agentPreferences"]?["locale"]?.string
        guard let locale, !Self.locales.contains(locale) else { return }
        throw ProtocolError(
            .invalidParams, "params.patch.agentPreferences.locale is none of \(Self.list(Self.locales))",
            hint: NearestWord.of(locale, among: Self.locales).map { "did you mean \"\($0)\"?" })
    }

    private static func list(_ words: [String]) -> String { words.joined(separator: ", ") }
}

extension JSON {
    fileprivate func merged(with patch: JSON) -> JSON {
        guard let changes = patch.object else { return patch }
        var object = self.object ?? JSONObject()
        for (name, value) in changes.members {
            object[name] = value.isNull ? nil : (object[name] ?? .null).merged(with: value)
        }
        return .object(object)
    }
}
