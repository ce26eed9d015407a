import ConnectStreams

let connect = try Connect(settings: ConnectSettings(waits: true))
let connected = connect.onContactConnected
let hiding = connect.onContactEnded { event in
    print("hide", event.data.attributes["customerId"] ?? event.contact.contactId)
}
try await connect.start()
for try await event in connected where event.data.isInbound {
    print("show", event.data.attributes["customerId"] ?? event.contact.contactId)
}
hiding.unsubscribe()
