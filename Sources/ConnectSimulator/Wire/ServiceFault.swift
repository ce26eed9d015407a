// SPDX-License-Identifier: Apache-2.0

/// An error answer of the service: an HTTP status and the body `{"__type", "message"}`.
struct ServiceFault: Error, Equatable, Sendable {
    var status: Int
    var code: String
    var message: String

    var body: JSON { ["__type": .string(code), "message": .string(message)] }

    static func validation(_ message: String) -> ServiceFault {
        ServiceFault(status: 400, code: "ValidationException", message: message)
    }

    static func invalidState(_ message: String) -> ServiceFault {
        ServiceFault(status: 400, code: "InvalidStateException", message: message)
    }

    static func badEndpoint(_ message: String) -> ServiceFault {
        ServiceFault(status: 400, code: "BadEndpointException", message: message)
    }

    static func pagination(_ message: String) -> ServiceFault {
        ServiceFault(status: 400, code: "PaginationException", message: message)
    }

    static func unknownContact(_ id: String) -> ServiceFault {
        ServiceFault(status: 404, code: "ContactNotFoundException", message: "no contact '\(id)'")
    }

    /// An unknown identifier of anything but a contact.
    static func notFound(_ message: String) -> ServiceFault {
        ServiceFault(status: 404, code: "ResourceNotFoundException", message: message)
    }

    static func conflict(_ message: String) -> ServiceFault {
        ServiceFault(status: 400, code: "ConflictException", message: message)
    }

    static let unreadable = ServiceFault(
        status: 400, code: "SerializationException", message: "the body is not JSON")

    static func accessDenied(_ message: String) -> ServiceFault {
        ServiceFault(status: 403, code: "AccessDeniedException", message: message)
    }

    static let unauthorized = ServiceFault(
        status: 401, code: "UnauthorizedException", message: "the bearer token is missing, unknown or expired")

    static let notSignedIn = ServiceFault(
        status: 401, code: "UnauthorizedException",
        message: "neither the cookie of an open session nor a valid token in X-Amz-Bearer")

    static let signedOut = ServiceFault(
        status: 401, code: "UnauthorizedException", message: "not signed in: sign in with POST /login")

    static let wrongPassword = ServiceFault(
        status: 401, code: "UnauthorizedException", message: "wrong user name or password")

    static let accountLocked = ServiceFault(
        status: 403, code: "AccountLockedException", message: "this account is locked")

    static let noAccess = accessDenied("this user may not use the contact control panel")

    static func unknownOperation(_ name: String) -> ServiceFault {
        ServiceFault(status: 400, code: "UnknownOperationException", message: "unknown operation '\(name)'")
    }
}
