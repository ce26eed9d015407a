// SPDX-License-Identifier: Apache-2.0

/// Validation of telephone numbers and other destinations.
extension SimulatedInstance {
    /// Parses a request's endpoint.
    /// - Throws: `BadEndpointException` if the instance has no such endpoint or may not call the number.
    func checkedEndpoint(_ input: JSON) throws(ServiceFault) -> Endpoint {
        guard let kind = Endpoint.Kind(rawValue: input["type"]?.string ?? "") else {
            let known = Endpoint.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw .validation("member 'endpoint.type' must be one of \(known)")
        }
        let endpoint = Endpoint(
            arn: input["endpointARN"]?.string, kind: kind, name: input["name"]?.string,
            phoneNumber: input["phoneNumber"]?.string, agentLogin: input["agentLogin"]?.string,
            queue: (input["queue"]?["queueARN"]?.string).map {
                Queue(arn: $0, name: input["queue"]?["name"]?.string ?? "")
            })
        switch kind {
        case .phoneNumber: try checkNumber(endpoint.phoneNumber ?? "")
        case .agent, .queue:
            let isKnown =
                settings.quickConnects.contains { $0.endpoint.arn == endpoint.arn && $0.endpoint.kind == kind }
                || (kind == .agent
                    && (endpoint.arn == settings.agentARN
                        || [settings.username, settings.otherAgent.login].contains(endpoint.agentLogin)))
                || (kind == .queue
                    && settings.queues.contains { $0.arn == endpoint.queue?.arn || $0.arn == endpoint.arn })
            guard isKnown else { throw .badEndpoint("there is no such \(kind.rawValue) endpoint") }
        }
        return endpoint
    }

    private func checkNumber(_ number: String) throws(ServiceFault) {
        guard isE164(number) else {
            throw .badEndpoint("'\(number)' is not a telephone number in E.164 form (+12065550100)")
        }
        let dialable = Set(settings.countries.compactMap { Self.callingCodes[$0.lowercased()] })
        guard dialable.contains(where: { number.dropFirst().hasPrefix($0) }) else {
            throw .badEndpoint("'\(number)' is in a country that this instance may not call")
        }
    }

    /// A plus sign and 7 to 15 digits, the first of which is not 0.
    private func isE164(_ number: String) -> Bool {
        guard number.first == "+" else { return false }
        let digits = number.dropFirst().utf8
        return (7...15).contains(digits.count) && digits.first != UInt8(ascii: "0")
            && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Calling codes by country; the configuration key `agent.countries` accepts these countries only.
    static let callingCodes = [
        "ar": "54", "at": "43", "au": "61", "be": "32", "br": "55", "ca": "1", "ch": "41", "cl": "56", "co": "57",
        "cz": "420", "de": "49", "dk": "45", "es": "34", "fi": "358", "fr": "33", "gb": "44", "gr": "30", "hk": "852",
        "hu": "36", "ie": "353", "in": "91", "it": "39", "jp": "81", "kr": "82", "lu": "352", "mx": "52", "nl": "31",
        "no": "47", "nz": "64", "pe": "51", "ph": "63", "pl": "48", "pt": "351", "ro": "40", "se": "46", "sg": "65",
        "tr": "90", "us": "1", "za": "27",
    ]
}
