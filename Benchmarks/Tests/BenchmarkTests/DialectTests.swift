// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import benchmarks

@Suite struct DialectTests {
    @Test("each dialect frames a payload and returns the payload's offset")
    func frames() {
        let payload = Array("payload".utf8)
        let line = #"{"event":"broadcast","data":{"event":"bench::tick","data":"payload"}}"#
        let dialects: [(any Dialect, String)] = [
            (LineDialect(side: .streams), line + "\n"),
            (RedisDialect(), "*3\r\n$7\r\nPUBLISH\r\n$4\r\ntick\r\n$7\r\npayload\r\n"),
            (NATSDialect(), "PUB tick 7\r\npayload\r\n"),
            (MQTTDialect(), "0\u{D}\u{0}\u{4}tickpayload"),
        ]
        for (dialect, text) in dialects {
            let (bytes, payloadAt) = dialect.frame(payload)
            #expect(String(decoding: bytes, as: UTF8.self) == text)
            #expect(Array(bytes[payloadAt..<(payloadAt + payload.count)]) == payload)
        }
    }

    @Test("MQTT encodes lengths in groups of seven bits")
    func lengths() {
        let (bytes, payloadAt) = MQTTDialect().frame([UInt8](repeating: 0, count: 8192))
        // 6 bytes of topic and 8192 of payload: 0x2006 is 6 and 64.
        #expect(Array(bytes[..<3]) == [0x30, 0x86, 0x40])
        #expect(payloadAt == 9)
    }
}
