/// Sharing the screen on a call.
extension SimulatedInstance {
    mutating func startScreenSharing(_ input: JSON) throws(ServiceFault) -> JSON {
        guard let id = input["contactId"]?.string else { throw .validation("member 'contactId' is required") }
        let contact = contacts[try find(id)]
        guard contact.kind == .voice, contact.state == .connected else { throw refuse("share the screen on", contact) }
        sharedScreens.insert(id)
        return [:]
    }

    /// Nobody shares a screen on a call that is over.
    mutating func endScreenSharing() {
        guard !sharedScreens.isEmpty else { return }
        sharedScreens.formIntersection(contacts.filter { $0.state == .connected }.map(\.id))
    }
}
