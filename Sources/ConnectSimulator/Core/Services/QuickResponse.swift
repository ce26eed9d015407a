// SPDX-License-Identifier: Apache-2.0

/// A prepared text that agents search for and send.
struct QuickResponse: Sendable, Equatable {
    var id: String
    var name: String
    var shortcut: String
    /// May contain placeholders for the contact's attributes: `{{Attributes.firstName}}`.
    var text: String

    static let standard = [
        ("Greeting", "hello", "Hello {{Attributes.firstName}}, how can I help you?"),
        ("Goodbye", "bye", "Thank you for talking to us. Goodbye!"),
        ("Hold", "hold", "Please stay with me for a moment while I look this up."),
        ("Refund on its way", "refund", "Hello, your refund is on its way and takes 3 to 5 days."),
    ].enumerated().map { index, item in
        QuickResponse(
            id: "80000000-0000-4000-8000-00000000000\(index + 1)", name: item.0, shortcut: item.1, text: item.2)
    }

    func matches(_ words: [String]) -> Bool {
        let searched = "\(name)\n\(shortcut)\n\(text)".lowercased()
        return words.allSatisfy { searched.contains($0.lowercased()) }
    }

    /// The text with known attributes filled in, the names of these, and the names of placeholders left in the text.
    func interpolated(_ attributes: [String: String]) -> (text: String, known: [String], unknown: [String]) {
        var result = ""
        var names: (known: [String], unknown: [String]) = ([], [])
        var rest = text[...]
        while let start = rest.firstRange(of: "{{Attributes."), let end = rest[start.upperBound...].firstRange(of: "}}")
        {
            let name = String(rest[start.upperBound..<end.lowerBound])
            result += rest[..<start.lowerBound]
            if let value = attributes[name] {
                names.known.append(name)
                result += value
            } else {
                names.unknown.append(name)
                result += rest[start.lowerBound..<end.upperBound]
            }
            rest = rest[end.upperBound...]
        }
        return (result + rest, names.known, names.unknown)
    }
}

extension SimulatedInstance {
    /// Quick responses whose name, shortcut or text contains all searched words.
    func searchQuickResponses(_ input: JSON) throws(ServiceFault) -> JSON {
        guard settings.hasQuickResponses else {
            throw .notFound("no knowledge base of quick responses is associated with the instance")
        }
        if let size = input["maxResults"], !(1...100).contains(size.integer ?? 0) {
            throw .validation("member 'maxResults' must be from 1 to 100")
        }
        var attributes = (input["attributes"]?.object ?? [:]).compactMapValues(\.string)
        if let id = input["contactId"]?.string { attributes.merge(contacts[try find(id)].attributes) { $1 } }
        let words = try Self.searchWords(input)
        let found = settings.quickResponses.filter { $0.matches(words) }.map { json($0, attributes) }
        let answer = try page("searchQuickResponses", "results", found, input)
        return answer["nextToken"] == nil ? answer.adding(["nextToken": .null]) : answer
    }

    /// The searched words, from Streams' form (`query`, `searchTerm`) or Amazon Q in Connect's (`searchExpression`).
    private static func searchWords(_ input: JSON) throws(ServiceFault) -> [String] {
        if let text = (input["query"] ?? input["searchTerm"])?.string {
            return text.split(separator: " ").map(String.init)
        }
        guard let queries = input["searchExpression"]?["queries"]?.array else {
            throw .validation("member 'query' is required, or searchExpression.queries")
        }
        return queries.flatMap { $0["values"]?.array ?? [] }.compactMap(\.string)
    }

    private func json(_ response: QuickResponse, _ attributes: [String: String]) -> JSON {
        let base = "arn:aws:wisdom:\(settings.region):\(settings.account)"
        let knowledgeBase = "81000000-0000-4000-8000-000000000001"
        let filled = response.interpolated(attributes)
        return [
            "quickResponseId": .string(response.id),
            "quickResponseArn": .string("\(base):quick-response/\(knowledgeBase)/\(response.id)"),
            "knowledgeBaseId": .string(knowledgeBase),
            "knowledgeBaseArn": .string("\(base):knowledge-base/\(knowledgeBase)"),
            "name": .string(response.name), "shortcutKey": .string(response.shortcut),
            "description": .string(response.name), "channels": ["Chat"], "language": "en_US", "isActive": true,
            "status": "CREATED", "contentType": "application/x.quickresponse;format=plain",
            "contents": ["plainText": ["content": .string(filled.text)]],
            "attributesInterpolated": .array(filled.known.map(JSON.string)),
            "attributesNotInterpolated": .array(filled.unknown.map(JSON.string)),
            "createdTime": 1_700_000_000, "lastModifiedTime": 1_700_000_000,
        ]
    }
}
