// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Logging

/// The cookies from the cookie file, updated by responses. When the file's content changes, because of a sign-in elsewhere,
/// it replaces all cookies.
struct CookieFile {
    private let path: String?
    private let logger: Logger
    private var lastText: String?
    private(set) var jar = CookieJar()

    init(path: String?, logger: Logger) {
        self.path = path
        self.logger = logger
    }

    /// Reads the file and replaces the cookies if its text has changed.
    mutating func refresh() {
        guard let path else { return }
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            logger.warning("the cookie file cannot be read", metadata: ["session.cookieFile": "\(path)"])
            return
        }
        let text = String(decoding: data, as: UTF8.self)
        guard text != lastText else { return }
        lastText = text
        jar = CookieJar(netscape: text)
        if jar.isEmpty {
            logger.warning("the cookie file holds no cookies", metadata: ["session.cookieFile": "\(path)"])
        }
    }

    mutating func take(setCookie header: String, host: String) { jar.take(setCookie: header, host: host) }
}
