// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ConnectSimulator

@Suite("CTI operations: shapes of inputs and answers, rejected requests")
struct OperationTableTests {
    /// An instance with a task, a chat and a connected call with a third party.
    private static func busyBench() throws -> (bench: Bench, call: String, task: String, chat: String) {
        var bench = Bench()
        let task = try bench.control("incoming", ["type": "task"])
        try bench.call("AcceptContact", .contact(task))
        let chat = try bench.control("incoming", ["type": "chat"])
        try bench.call("AcceptContact", .contact(chat))
        let call = try bench.connectedCall()
        try bench.call("CreateAdditionalConnection", JSON.phone("+12065550100").merged(.contact(call)))
        bench.wait(5)
        return (bench, call, task, chat)
    }

    /// A valid input of each operation for the instance of `busyBench`.
    private static func validInput(_ operation: String, _ bench: Bench, _ call: String, _ task: String) -> JSON {
        let customer = bench.ids(call, .customer)
        return switch operation {
        case "GetEndpoints": ["queueARNs": []]
        case "GetRoutingProfileQueues": ["routingProfileARN": .string(bench.instance.settings.routingProfileARN)]
        case "PauseContact", "CompleteContact": .contact(task)
        case "ResumeConnection", "ToggleActiveConnections", "MuteParticipant", "DestroyConnection": customer
        case "HoldConnection", "UnmuteParticipant": bench.ids(call, .thirdParty)
        case "SendDigits": bench.ids(call, .thirdParty).merged(["digits": "1"])
        case "CreateTaskContact": ["name": "x", "endpoint": ["type": "agent", "agentLogin": "robin"]]
        case "CreateTransport": ["transportType": "web_socket"]
        case "GetNewAuthToken": ["refreshToken": "r"]
        case "PutAgentState": .state("Lunch", "not_routable", enqueue: true)
        case "UpdateAgentConfiguration": ["configuration": bench.instance.configuration]
        case "SendClientLogs": ["logEvents": [["timestamp": 1.5, "component": "c", "message": "m"]]]
        case "SendSoftphoneCallMetrics":
            ["contactId": .string(call), "softphoneStreamStatistics": [["packetCount": 1]]]
        case "SendSoftphoneCallReport": ["contactId": .string(call), "report": ["talkTimeMillis": 12]]
        default: .contact(call)
        }
    }

    /// Operations that are not possible in the state of `busyBench`. `LifeCycleTests` and others cover them.
    private static let elsewhere: Set = [
        "AcceptContact", "RejectContact", "ClearContact", "ResumeContact", "CreateOutboundContact",
        "CreateAdditionalConnection", "UpdateMonitorParticipantState", "AddNewConnection", "TransferContact",
        "UnmuteParticipant",
    ]

    @Test("the table has all 36 operations of the service")
    func tableIsComplete() { #expect(Operation.all.count == 36) }

    @Test("every operation's answer has its shape")
    func answersHaveTheirShape() throws {
        for operation in Operation.all.keys where !Self.elsewhere.contains(operation) {
            var (bench, call, task, _) = try Self.busyBench()
            let output = try bench.call(operation, Self.validInput(operation, bench, call, task))
            let shape = Operation.answers[operation] ?? .object([])
            #expect(shape.problem(withAnswer: output) == nil, "\(operation)")
        }
    }

    @Test("a missing required member → ValidationException that names it")
    func requiredMembersAreRequiredAndNamed() throws {
        var (bench, call, task, _) = try Self.busyBench()
        for (operation, shape) in Operation.all {
            guard case .object(let members) = shape else { continue }
            for member in members where member.isRequired {
                var input = Self.validInput(operation, bench, call, task)
                if case .object(var fields) = input {
                    fields["authentication"] = [:]
                    // The other required members must be present, or the error names one of them.
                    for other in members where other.isRequired && fields[other.name] == nil {
                        fields[other.name] = other.name == "endpoint" ? ["type": "queue"] : "x"
                    }
                    fields[member.name] = nil
                    input = .object(fields)
                }
                guard case .failure(let fault) = bench.instance.handle(operation, input, now: bench.now) else {
                    Issue.record("\(operation) without \(member.name) was not refused")
                    continue
                }
                #expect(fault.code == "ValidationException" && fault.status == 400, "\(operation) \(member.name)")
                #expect(fault.message.contains("'\(member.name)'"), "\(operation): \(fault.message)")
            }
        }
    }

    @Test("a member of the wrong type or value → ValidationException that names it")
    func illTypedMembersAreRefused() throws {
        var bench = Bench()
        let table: [(String, JSON, String)] = [
            ("AcceptContact", ["contactId": 5], "contactId"),
            ("GetAgentStates", ["maxResults": "ten"], "maxResults"),
            ("GetAgentStates", ["maxResults": 0], "maxResults"),
            ("GetEndpoints", ["queueARNs": "x"], "queueARNs"),
            ("GetEndpoints", ["queueARNs": [1]], "queueARNs[0]"),
            ("PutAgentState", ["state": ["type": "routable"]], "state.name"),
            (
                "PutAgentState", ["state": ["type": "routable", "name": "Available"], "enqueueNextState": 1],
                "enqueueNextState"
            ),
            ("PutAgentState", .state("Nowhere", "routable"), "state"),
            ("PutAgentState", .state("Available", "offline"), "state"),
            ("CreateTransport", ["transportType": "pigeon"], "transportType"),
            ("CreateTransport", ["transportType": "chat_token"], "contactId"),
            ("GetRoutingProfileQueues", ["routingProfileARN": "x"], "routingProfileARN"),
            ("SendClientLogs", ["logEvents": [["timestamp": "now"]]], "logEvents[0].timestamp"),
        ]
        for (operation, input, member) in table {
            let fault = bench.fault(operation, input)
            #expect(fault?.code == "ValidationException" && fault?.message.contains(member) == true, "\(operation)")
        }
        #expect(bench.fault("NoSuchOperation")?.code == "UnknownOperationException")
    }

    @Test("an unknown contact → ContactNotFoundException")
    func unknownContactsAreNotFound() throws {
        for operation in ["AcceptContact", "ClearContact", "RejectContact", "NotifyContactIssue", "PauseContact"] {
            var bench = Bench()
            let fault = bench.fault(operation, .contact("nobody"))
            #expect(fault?.code == "ContactNotFoundException" && fault?.status == 404)
        }
    }

    @Test("an operation in the wrong contact state → InvalidStateException, nothing changes")
    func wrongStateIsRejectedAndChangesNothing() throws {
        for operation in [
            "AcceptContact", "RejectContact", "ClearContact", "CompleteContact", "PauseContact", "ResumeContact",
        ] {
            var bench = Bench()
            let id = try bench.connectedCall()
            let before = (bench.instance.version, bench.instance.snapshot)
            #expect(bench.fault(operation, .contact(id))?.code == "InvalidStateException", "\(operation)")
            #expect(bench.instance.version == before.0 && bench.instance.snapshot == before.1)
        }
    }

    @Test("every transport type has its answer; a websocket ticket is valid once and for 85 s")
    func transportsOfEveryKind() throws {
        var (bench, call, _, chat) = try Self.busyBench()
        let url = try bench.call("CreateTransport", ["transportType": "web_socket"])["webSocketTransport"]?["url"]?
            .string
        let ticket = try #require(url.flatMap { WebSocketServer.ticket(in: "/ws?" + $0.split(separator: "?")[1]) })
        #expect(bench.instance.credentials.redeem(ticket: ticket, at: bench.now + 84) == 3600)
        #expect(bench.instance.credentials.redeem(ticket: ticket, at: bench.now + 84) == nil, "once only")
        let late = bench.instance.credentials.issueTicket(lifetime: 300, at: bench.now)
        #expect(bench.instance.credentials.redeem(ticket: late, at: bench.now + 86) == nil, "85 s only")
        for (kind, contact, member) in [
            ("softphone", call, "softphoneTransport"), ("agent_discovery", call, "agentDiscoveryTransport"),
            ("web_rtc", call, "webRTCTransport"), ("chat_token", chat, "chatTokenTransport"),
        ] {
            let participant = bench.connection(.agent, of: contact).id
            let output = try bench.call(
                "CreateTransport",
                ["transportType": .string(kind), "contactId": .string(contact), "participantId": .string(participant)])
            #expect(output[member] != nil && Shape.transports.problem(withAnswer: output) == nil)
        }
    }

    @Test("lists are paged by nextToken; a foreign token → PaginationException")
    func pagesFollowTheirTokens() throws {
        var bench = Bench()
        for (operation, member, count) in [
            ("GetAgentStates", "states", 4), ("GetAgentPermissions", "permissions", 4),
            ("GetDialableCountryCodes", "countryCodes", 4), ("GetRoutingProfileQueues", "queues", 3),
            ("GetEndpoints", "endpoints", 3),
        ] {
            var items: [JSON] = []
            var token: JSON?
            repeat {
                var input: JSON = ["maxResults": 2, "nextToken": token ?? .null]
                input = input.merged([
                    "queueARNs": .array(bench.instance.settings.queues.map { .string($0.arn) }),
                    "routingProfileARN": .string(bench.instance.settings.routingProfileARN),
                ])
                let page = try bench.call(operation, input)
                items += page[member]?.array ?? []
                token = page["nextToken"]
            } while token != nil
            #expect(items.count == count, "\(operation)")
            let wrong: JSON = [
                "nextToken": "GetSomething-1", "queueARNs": [],
                "routingProfileARN": .string(bench.instance.settings.routingProfileARN),
            ]
            #expect(bench.fault(operation, wrong)?.code == "PaginationException")
        }
    }
}
