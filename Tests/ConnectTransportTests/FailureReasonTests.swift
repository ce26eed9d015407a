// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOCore
import NIOSSL
import Testing

@testable import ConnectTransport

@Suite("Reasons of failed connections, in words")
struct FailureReasonTests {
    @Test(
        "system errors have their own words, without Swift's",
        arguments: [
            (ECONNREFUSED, "Connection refused"), (ECONNRESET, "Connection reset by peer"),
        ])
    func system(number: CInt, words: String) {
        #expect(FailureReason.text(IOError(errnoCode: number, reason: "connection reset (error set)")) == words)
    }

    @Test("a closed connection")
    func closed() {
        #expect(FailureReason.text(ChannelError.ioOnClosedChannel) == "the connection was closed")
        #expect(FailureReason.text(NIOSSLError.uncleanShutdown) == "the connection was closed")
    }

    @Test("no place in a library's source is named")
    func place() {
        struct Fault: Error, CustomStringConvertible {
            let description = "something failed at /build/boringssl/ssl/handshake.cc:298"
        }
        #expect(FailureReason.text(Fault()) == "something failed")
    }
}
