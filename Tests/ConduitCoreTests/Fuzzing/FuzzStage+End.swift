// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

@testable import ConduitCore

extension FuzzStage {
    /// A request that is not answered yet.
    enum PendingRequest {
        case request(PortID, ConduitRequest)
        case sync(SyncTicket)
    }

    // MARK: Answers

    /// Answers one of the pending requests, with a value or with an error.
    func answer(_ index: Int, error: String?, _ value: JSON) throws(FuzzFault) {
        guard !pendingRequests.isEmpty else { return }
        let fault = error.map { ProtocolError(.unavailable, "no: \($0)", retryable: true) }
        switch pendingRequests.remove(at: index % pendingRequests.count) {
        case .request(let port, let request): try answer(port, request, error, value, fault)
        case .sync(let ticket): try handle(.synced(ticket, fault))
        }
    }

    private func answer(
        _ port: PortID, _ request: ConduitRequest, _ error: String?, _ value: JSON, _ fault: ProtocolError?
    ) throws(FuzzFault) {
        switch request {
        case .call(let ticket, _, _, _):
            guard let error else { return try handle(.answered(ticket, .success(value))) }
            let failure = CallOutcome.Failure.plain(ServiceError(type: error, message: error), json: .string(error))
            try handle(.answered(ticket, .failure(failure)))
        case .setLogLevel(let id, _), .reload(let id), .status(let id, _), .agent(let id, _):
            try handle(.responded(port, requestId: id, fault.map { .error($0) } ?? .data(value)))
        case .quickConnects(let id, _):
            try handle(.responded(port, requestId: id, fault.map { .error($0) } ?? .encoded(RawJSON(value))))
        default: break
        }
    }

    // MARK: End

    /// Completes everything that is pending. Then no state may be left.
    func finish() throws(FuzzFault) {
        cut = nil
        try settle()
        for (id, port) in ports {
            try FuzzFault.unless(port.open.isEmpty, "\(id) has no answer to \(port.open)")
            let missing = port.receivedUpTo.flatMap { start in events.first { $0 > start } }
            try FuzzFault.unless(missing == nil, "event \(missing ?? 0) was never sent")
        }
        _ = conduit.status
        guard !isDown else { return }
        for slot in slots.keys.sorted() { try hangUp(slot: slot) }
        try settle()
        try checkNothingIsLeft()
    }

    private func settle() throws(FuzzFault) {
        for _ in 0..<4 {
            while !pendingRequests.isEmpty { try answer(0, error: nil, [:]) }
            for id in ports.keys.sorted() { try drain(id) }
            try advance(600_000)
        }
    }

    private func checkNothingIsLeft() throws(FuzzFault) {
        let left = [
            "ports": conduit.ports.count, "users": conduit.ledger.usage.users.count, "syncs": conduit.syncs.count,
            "interests": conduit.interests.count, "requests": conduit.openRequests.count,
            "waiters": conduit.calls.waiters.count, "calls": conduit.calls.calls.count, "timers": timers.count,
        ].filter { $0.value > 0 }
        try FuzzFault.unless(left.isEmpty, "state is left: \(left)")
    }
}
