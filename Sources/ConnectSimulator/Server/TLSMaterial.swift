// SPDX-License-Identifier: Apache-2.0
import Crypto
import FoundationEssentials
import NIOSSL
import SwiftASN1
import X509

/// A certificate authority generated for this run, and a server certificate for localhost, 127.0.0.1 and ::1.
struct TLSMaterial: Sendable {
    /// The authority's certificate, which clients add to their trust roots.
    let authorityPEM: String
    let serverConfiguration: TLSConfiguration

    /// - Throws: errors of the certificate library; none are expected.
    init() throws {
        let authorityKey = P256.Signing.PrivateKey()
        let authority = try Self.authority(key: authorityKey)
        let serverKey = P256.Signing.PrivateKey()
        let server = try Self.server(key: serverKey, issuer: authority, issuerKey: authorityKey)
        authorityPEM = try authority.serializeAsPEM().pemString
        let certificate = try NIOSSLCertificate(
            bytes: Array(try server.serializeAsPEM().pemString.utf8), format: .pem)
        let key = try NIOSSLPrivateKey(bytes: Array(serverKey.pemRepresentation.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        serverConfiguration = configuration
    }

    private static let day = 86_400.0

    private static func authority(key: P256.Signing.PrivateKey) throws -> Certificate {
        let name = try DistinguishedName { CommonName("Connect Simulator CA") }
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
            notValidBefore: .now.addingTimeInterval(-day), notValidAfter: .now.addingTimeInterval(360 * day),
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: .init(key.publicKey))
            },
            issuerPrivateKey: .init(key))
    }

    private static func server(
        key: P256.Signing.PrivateKey, issuer: Certificate, issuerKey: P256.Signing.PrivateKey
    ) throws -> Certificate {
        let loopback6: [UInt8] = [UInt8](repeating: 0, count: 15) + [1]
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
            notValidBefore: .now.addingTimeInterval(-day), notValidAfter: .now.addingTimeInterval(360 * day),
            issuer: issuer.subject, subject: try DistinguishedName { CommonName("localhost") },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                // Strict verifiers (OpenSSL with X509_V_FLAG_X509_STRICT) reject a certificate without it.
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: .init(issuerKey.publicKey)).keyIdentifier)
                SubjectAlternativeNames([
                    .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
                    .ipAddress(ASN1OctetString(contentBytes: loopback6[...])),
                ])
            },
            issuerPrivateKey: .init(issuerKey))
    }
}
