// SPDX-License-Identifier: Apache-2.0

/// The answer of a captive portal or a proxy instead of the service's.
enum WebPage {
    static let message = "something between here and Amazon Connect answered with a web page"

    static func isOne(_ text: some Collection<UInt8>) -> Bool {
        text.first { ![0x09, 0x0A, 0x0D, 0x20].contains($0) } == UInt8(ascii: "<")
    }
}
