// SPDX-License-Identifier: Apache-2.0
import Hummingbird

/// Answers a path that does not exist on the service's listener with a list of those that do.
struct NotFound: RouterMiddleware {
    typealias Context = SimulatorContext

    private static let paths = [
        "POST /connect/api", "GET /connect/auth/authorize", "GET /login", "GET /logout", "GET /saml/login", "GET /home",
        "POST /agent-app/api",
        "/task-templates/api/ccp/…", "GET /quick-responses/integration", "POST /quick-responses/search",
        "POST /screen-sharing", "GET /agent-discovery",
    ]

    func handle(
        _ request: Request, context: SimulatorContext,
        next: (Request, SimulatorContext) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch let error as HTTPError where error.status == .notFound {
            return .json(
                [
                    "message": .string("the simulated service has no \(request.method) \(request.uri.path)"),
                    "paths": .array(Self.paths.map(JSON.string)),
                    "help": "the control API is another port: see \"control\" in the first line of connect-simulator",
                ], status: 404)
        }
    }
}
