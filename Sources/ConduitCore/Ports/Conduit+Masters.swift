// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension Conduit {
    /// `master_request {requestId, method, params: {topic, …}}`. A takeover is sent to every port, any other reply only
    /// to the port that asked.
    mutating func masterRequest(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        guard let members = data?.members("requestId", "method", "params") else {
            throw ProtocolError(
                .invalidParams, "the data of a master_request has to be an object {requestId, method, params}")
        }
        let requestId = members["requestId"]?.value
        let params = members["params"]?.value
        guard let topic = params?["topic"]?.string, !topic.isEmpty, topic.utf8.count <= 256 else {
            return refuseMaster(port, requestId, "params.topic has to be the name of a topic")
        }
        switch members["method"]?.string {
        case "becomeMaster": becomeMaster(port, requestId, topic)
        case "checkMaster":
            checkMaster(port, requestId, topic, claims: params?["shouldNotBecomeMasterIfNone"]?.isTruthy != true)
        default: refuseMaster(port, requestId, "the methods are becomeMaster and checkMaster")
        }
    }

    private mutating func becomeMaster(_ port: Port, _ requestId: JSON?, _ topic: String) {
        guard masters.mayTake(port.id, topic) else { return refuseTopics(port, requestId) }
        let isTakeOver = masters.become(port.id, topic)
        let line = masterResponse(
            requestId,
            ["masterId": .string(port.name), "takeOver": .bool(isTakeOver), "topic": .string(topic)])
        if isTakeOver { append(EventName.masterResponse, line) }
        // A takeover goes to every port through the log. A subscriber without a pattern for it still gets its reply.
        let receivesTakeOver =
            port.interest.key.patterns?.contains { $0.matches(EventName.masterResponse, contactId: nil) } ?? true
        if !isTakeOver || !receivesTakeOver { reply(port.id, line) }
    }

    private mutating func checkMaster(_ port: Port, _ requestId: JSON?, _ topic: String, claims: Bool) {
        if masters.owner(of: topic) == nil, claims {
            guard masters.mayTake(port.id, topic) else { return refuseTopics(port, requestId) }
            _ = masters.become(port.id, topic)
        }
        let owner = masters.owner(of: topic)
        let name = owner.flatMap { ports[$0]?.name }
        reply(
            port.id,
            masterResponse(
                requestId,
                [
                    "masterId": name.map { .string($0) } ?? .null, "isMaster": .bool(owner == port.id),
                    "topic": .string(topic),
                ]))
    }

    private mutating func refuseTopics(_ port: Port, _ requestId: JSON?) {
        refuseMaster(
            port, requestId, "the limit of \(Masters.portLimit) topics per port, or of all ports, is reached", .tooMany)
    }

    private mutating func refuseMaster(
        _ port: Port, _ requestId: JSON?, _ message: String, _ code: ProtocolError.Code = .invalidParams
    ) {
        let error: JSON = ["type": .string(code.rawValue), "message": .string(message)]
        reply(port.id, masterResponse(requestId, nil, error: error.text))
    }

    private func masterResponse(_ requestId: JSON?, _ data: JSON?, error: String? = nil) -> [UInt8] {
        var object = JSONObject([("event", .string(EventName.masterResponse))])
        object["requestId"] = requestId
        object["data"] = data ?? .null
        object["err"] = error.map { .string($0) } ?? .null
        return ServerLine.encode(EventName.masterResponse, .object(object))
    }
}
