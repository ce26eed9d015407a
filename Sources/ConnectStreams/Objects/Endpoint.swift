// SPDX-License-Identifier: Apache-2.0
public import AgentModel

/// A destination: a telephone number, an agent or a queue (Streams' Endpoint, Address).
public struct Endpoint: Equatable, Sendable {
    /// Everything that the service sent, or what is sent to it.
    public var json: JSONObject

    public init(_ data: EndpointData) { json = data.json }

    /// A telephone number in E.164. The service checks it.
    public static func phoneNumber(_ number: String, name: String? = nil) -> Endpoint {
        var json = JSONObject([("type", .string(EndpointType.phoneNumber.rawValue)), ("phoneNumber", .string(number))])
        json["name"] = name.map(JSON.string)
        return Endpoint(EndpointData(json: json))
    }

    public var endpointARN: String? { json["endpointARN"]?.string ?? json["endpointId"]?.string }
    public var type: EndpointType? { json["type"]?.string.map(EndpointType.init(rawValue:)) }
    public var name: String? { json["name"]?.string }
    public var phoneNumber: String? { json["phoneNumber"]?.string }
    public var agentLogin: String? { json["agentLogin"]?.string }
    public var emailAddress: String? { json["emailAddress"]?.string }
    public var displayName: String? { json["displayName"]?.string }
    public var queue: JSONObject? { json["queue"]?.object }

    /// The number without `sip:` and host; empty if there is none.
    public var strippedPhoneNumber: String {
        let number = phoneNumber ?? ""
        guard number.hasPrefix("sip:"), let end = number.firstIndex(of: "@") else { return number }
        return String(number[number.index(number.startIndex, offsetBy: 4)..<end])
    }

    /// As a parameter of an operation: the library's own member `endpointId` is not the service's.
    package var parameter: JSON {
        var parameter = json
        parameter["endpointId"] = nil
        if parameter["endpointARN"] == nil { parameter["endpointARN"] = endpointARN.map(JSON.string) }
        return .object(parameter)
    }
}

/// The kind of an endpoint (Streams' EndpointType).
public struct EndpointType: OpenEnumeration {
    /// The value as the service writes it.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let phoneNumber = EndpointType(rawValue: "phone_number")
    public static let agent = EndpointType(rawValue: "agent")
    public static let queue = EndpointType(rawValue: "queue")
}
