// SPDX-License-Identifier: Apache-2.0
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import ConnectTransport

@Suite("The cookies of the session")
struct SessionCookiesTests {
    @Test("a Set-Cookie for the sign-in before is ignored")
    func generations() throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let loop = group.next()
        let url = try #require(ServiceURL("https://x.com/auth"))
        let headers = loop.makePromise(of: [String?].self)
        loop.execute {
            let cookies = SessionCookies(.client, kept: nil, loop: loop, logger: Logger(label: "test"))
            do throws(CookieProblem) { try cookies.replace(with: Self.jar("first"), for: url) } catch {
                return headers.fail(error)
            }
            cookies.header(for: url, isSignIn: true) { first, generation in
                do throws(CookieProblem) { try cookies.replace(with: Self.jar("second"), for: url) } catch {
                    return headers.fail(error)
                }
                cookies.take(setCookie: "session=late; Secure", from: url, generation: generation)
                cookies.header(for: url, isSignIn: true) { second, generation in
                    cookies.take(setCookie: "session=renewed; Path=/; Secure", from: url, generation: generation)
                    cookies.header(for: url, isSignIn: true) { third, _ in
                        headers.succeed([try? first.get(), try? second.get(), try? third.get()])
                    }
                }
            }
        }
        #expect(try headers.futureResult.wait() == ["session=first", "session=second", "session=renewed"])
    }

    private static func jar(_ value: String) -> String { "x.com\tFALSE\t/\tTRUE\t0\tsession\t\(value)\n" }
}
