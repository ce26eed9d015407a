// SPDX-License-Identifier: Apache-2.0

/// Operations on speakers and sessions.
extension SimulatedInstance {
    mutating func performVoiceID(_ operation: String, _ input: JSON) throws(ServiceFault) -> JSON {
        let domain = input["DomainId"]?.string ?? ""
        guard settings.hasVoiceID else { throw noDomain() }
        guard domain == VoiceID.domainId else { throw .notFound("no Voice ID domain '\(domain)'") }
        if let id = input["SpeakerId"]?.string, input["SessionNameOrId"] == nil {
            return try performOnSpeaker(operation, id)
        }
        let nameOrId = input["SessionNameOrId"]?.string ?? ""
        guard let name = voiceID.sessionName(nameOrId), let session = voiceID.sessions[name] else {
            throw .notFound("no Voice ID session '\(nameOrId)': begin one with startVoiceIdSession")
        }
        switch operation {
        case "describeSession": return ["Session": json(session, name)]
        case "evaluateSession": return evaluation(session, name)
        case "enrollBySession": return try enroll(session, name)
        default: return try updateSession(session, name, speaker: input["SpeakerId"]?.string)
        }
    }

    private mutating func performOnSpeaker(_ operation: String, _ id: String) throws(ServiceFault) -> JSON {
        // A speaker that was never enrolled can opt out as well.
        if operation == "optOutSpeaker" { voiceID.set(id, .optedOut, at: now) }
        guard let speaker = voiceID.speakers[id] else { throw .notFound("no speaker '\(id)'") }
        guard operation != "deleteSpeaker" else {
            voiceID.speakers[id] = nil
            return [:]
        }
        return ["Speaker": json(speaker), "generatedSpeakerId": .string(speaker.generatedId)]
    }

    private mutating func enroll(_ session: VoiceIDSession, _ name: String) throws(ServiceFault) -> JSON {
        guard !voiceID.enrolling.contains(name) else {
            throw .conflict("an enrollment was already requested in this contact; a contact can have one")
        }
        guard let speakerId = session.speakerId else {
            throw .validation("the session has no speaker: set one with updateSession")
        }
        guard session.endedAt == nil else { throw .conflict("the session has ended") }
        guard voiceID.speakers[speakerId]?.status != .optedOut else {
            throw .conflict("speaker '\(speakerId)' has opted out: undo that with deleteSpeaker")
        }
        if voiceID.speakers[speakerId] == nil { voiceID.set(speakerId, .pending, at: now) }
        var session = session
        session.enrollmentRequestedAt = now
        voiceID.enrolling.insert(name)
        voiceID.sessions[name] = session
        return [
            "DomainId": .string(VoiceID.domainId), "SessionId": .string(session.id), "SessionName": .string(name),
            "Status": .optional(session.enrollment(at: now)?.rawValue),
        ]
    }

    private mutating func updateSession(
        _ session: VoiceIDSession, _ name: String, speaker: String?
    ) throws(ServiceFault) -> JSON {
        guard let speaker else { throw .validation("member 'SpeakerId' is required") }
        if voiceID.speakers[speaker] == nil { voiceID.set(speaker, .pending, at: now) }
        var session = session
        session.speakerId = speaker
        voiceID.sessions[name] = session
        return ["Session": json(session, name)]
    }
}
