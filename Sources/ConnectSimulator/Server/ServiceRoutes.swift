import Hummingbird
import NIOCore

/// Everything the service's listener answers.
func serviceRouter(cti: CTIService, signIn: SignInService) -> Router<SimulatorContext> {
    let router = Router(context: SimulatorContext.self)
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
        router.get(path) { request, context in await signIn.signOut(request, context) }
        router.post(path) { request, context in await signIn.signOut(request, context) }
    }
    router.get("agent-discovery") { _, _ in
        Response.json(["InstanceArn": .string(signIn.instanceARN), "TerminateActiveContacts": false])
    }
    router.get("") { _, _ in
        Response.text("A simulated Amazon Connect instance. Sign in at /login; the CTI service is POST /connect/api.\n")
    }
    return router
}
