// SPDX-License-Identifier: Apache-2.0
import Hummingbird
import NIOCore

/// The routes of the service's listener.
func serviceRouter(
    cti: CTIService, signIn: SignInService, saml: SAMLService, others: SideServices
) -> Router<SimulatorContext> {
    let router = Router(context: SimulatorContext.self)
    router.add(middleware: NotFound())
    for path in ["connect/api", "api"] as [RouterPath] {
        router.post(path) { request, context in try await cti.respond(to: request, context: context) }
    }
    for path in ["connect/auth/authorize", "auth/authorize"] as [RouterPath] {
        router.get(path) { request, context in try await signIn.authorize(request, context) }
    }
    for path in ["login", "connect/login"] as [RouterPath] {
        router.get(path) { request, context in await signIn.page(request, context) }
        router.post(path) { request, context in try await signIn.signIn(request, context) }
    }
    for path in ["logout", "connect/logout"] as [RouterPath] {
        router.get(path) { request, context in try await signIn.signOut(request, context) }
        router.post(path) { request, context in try await signIn.signOut(request, context) }
    }
    router.get("saml/login") { request, context in await saml.start(request, context) }
    router.post("saml/acs") { request, context in try await saml.consume(request, context) }
    router.get("idp/sso") { request, context in await saml.providerPage(request, context) }
    router.post("idp/sso") { request, context in try await saml.enter(request, context) }
    router.get("home") { request, context in await saml.home(request, context) }
    addSideRoutes(to: router, others)
    router.get("") { _, _ in
        Response.text("A simulated Amazon Connect instance. Sign in at /login; the CTI service is POST /connect/api.\n")
    }
    return router
}

private func addSideRoutes(to router: Router<SimulatorContext>, _ others: SideServices) {
    for prefix in ["", "connect/"] {
        router.post("\(prefix)agent-app/api") { try await others.agentApp($0, $1) }
        let templates: RouterPath = "\(prefix)task-templates/api/ccp/**"
        router.get(templates) { try await others.taskTemplates($0, $1) }
        router.put(templates) { try await others.taskTemplates($0, $1) }
        router.post(templates) { try await others.taskTemplates($0, $1) }
    }
    router.get("quick-responses/integration") { try await others.quickResponsesIntegration($0, $1) }
    router.post("quick-responses/search") { try await others.searchQuickResponses($0, $1) }
    router.post("screen-sharing") { try await others.startScreenSharing($0, $1) }
    router.get("agent-discovery") { try await others.discovery($0, $1) }
}
