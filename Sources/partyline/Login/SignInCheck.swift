// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Finds out whether the browser is signed in, as the service's own pages do: the service gives them a token. No name of a
/// cookie and no URL of a page says it.
struct SignInCheck {
    let origin: WebOrigin
    /// The JavaScript that asks. It evaluates to a Boolean: the token itself stays in the page.
    let script: String

    /// Nil unless it is an http or https URL.
    init?(authorizeURL: String) {
        guard let origin = WebOrigin(authorizeURL) else { return nil }
        self.origin = origin
        script = "(\(Self.function))(\(JSON.string(authorizeURL).text))"
    }

    /// A redirect is not followed: it leads to the sign-in page. The page is asked for its origin again, because it may have
    /// changed since the browser told it.
    private static let function = """
        async url => {
          if (new URL(url).origin !== location.origin) return false;
          try {
            const answer = await fetch(url, {
              credentials: "include", cache: "no-store", redirect: "manual",
              headers: {accept: "application/json"}, signal: AbortSignal.timeout(10000)
            });
            if (!answer.ok) return false;
            const token = (await answer.json()).accessToken;
            return typeof token === "string" && token !== "";
          } catch {
            return false;
          }
        }
        """
}
