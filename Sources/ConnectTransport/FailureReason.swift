// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Why a connection or a request failed, in words for a person. The text never contains the request, which has tokens, nor
/// the libraries' own file names.
enum FailureReason {
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case let error as NIOConnectionError: text(error)
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as NIOSSLError: text(error)
        case let error as NIOSSLExtraError: tls(error.description)
        case is ChannelError: "the connection was closed"
        default: withoutPlace("\(error)")
        }
    }

    private static func text(_ error: NIOConnectionError) -> String {
        let place = "\(error.host):\(error.port)"
        if let reason = error.connectionErrors.first { return "\(place): \(text(reason.error))" }
        let isUnknown = error.dnsAError != nil || error.dnsAAAAError != nil
        return "\(place): " + (isUnknown ? "the host name is unknown" : "there is no address")
    }

    private static func text(_ error: NIOSSLError) -> String {
        switch error {
        case .handshakeFailed(let cause): tls("\(cause)")
        case .uncleanShutdown: "the connection was closed"
        default: tls("\(error)")
        }
    }

    /// The reason in capitals that ends BoringSSL's error text: `…:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at FILE:LINE`.
    private static func tls(_ text: String) -> String {
        let words = text.split { !($0.isUppercase || $0 == "_" || $0.isNumber) }
        let reason = words.last { $0.contains("_") && $0.first?.isUppercase == true && $0.count > 8 }
        switch reason {
        case "CERTIFICATE_VERIFY_FAILED": return "its certificate is not trusted: check tls.trustRoots"
        case "UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION": return "it does not offer TLS 1.2 or later"
        case "WRONG_VERSION_NUMBER": return "it does not speak TLS at this port"
        case let reason?: return "the TLS handshake failed: \(reason.lowercased().replacing("_", with: " "))"
        case nil: return "the TLS handshake failed: \(withoutPlace(text))"
        }
    }

    /// Removes ` at FILE:LINE`, the place in a library's source.
    private static func withoutPlace(_ text: String) -> String {
        text.replacing(#/ at /[^ ]*/#, with: "")
    }
}
