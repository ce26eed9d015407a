// SPDX-License-Identifier: Apache-2.0

/// The HTML pages of sign-in. They load no other resources. No page contains text of a request: a message is only shown
/// after the instance has recognized it as its own, so nothing needs to be escaped.
enum SignInPages {
    static let welcome =
        "<!doctype html><title>Signed in</title><p>Signed in. You may close this page.</p>\n"

    /// The form for the user name and the password.
    /// - Parameter request: the request that the identity provider's form answers; nil: the instance's own form.
    static func form(note: String, answering request: SAMLMessage? = nil) -> String {
        let action = request == nil ? "/login" : "/idp/sso"
        let fields = request.map { hidden("SAMLRequest", $0) } ?? ""
        return """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><title>Sign in</title>
            <h1>Sign in</h1><p>\(note)</p>
            <form method="post" action="\(action)">
            \(fields)<p><label>User name <input name="username" autocomplete="username" autofocus></label></p>
            <p><label>Password <input name="password" type="password" autocomplete="current-password"></label></p>
            <p><button>Sign in</button></p>
            </form></html>

            """
    }

    /// The form that carries the identity provider's response to the instance. A script submits it at once.
    /// - Parameter consumer: the URL at the instance.
    static func relay(_ response: SAMLMessage, to consumer: String) -> String {
        """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><title>Signing in</title>
        <form method="post" action="\(consumer)">
        \(hidden("SAMLResponse", response))<noscript><p><button>Continue</button></p></noscript>
        </form>
        <script>document.forms[0].submit()</script></html>

        """
    }

    static func refusal(_ why: String) -> String {
        """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><title>Not signed in</title>
        <h1>Not signed in</h1><p>\(why)</p></html>

        """
    }

    private static func hidden(_ name: String, _ message: SAMLMessage) -> String {
        """
        <input type="hidden" name="\(name)" value="\(message.value)">
        <input type="hidden" name="RelayState" value="\(message.relayState)">

        """
    }
}
