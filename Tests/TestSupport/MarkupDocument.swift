package import Foundation

#if canImport(FoundationXML)
    package import FoundationXML
#endif

/// What an XML parser finds in a picture or a page; parsing is the test that no text can end an element.
package final class MarkupDocument: NSObject, XMLParserDelegate {
    /// An element with the text of all that is in it.
    package struct Element {
        /// Its tag.
        package let name: String
        /// Its attributes.
        package let attributes: [String: String]
        /// Its text.
        package var text = ""
    }

    /// Why a text is no XML.
    package struct NotWellFormed: Error {
        let problem: String
    }

    /// All elements, as they begin.
    package private(set) var elements: [Element] = []
    private var open: [Int] = []

    /// Parses a text, which must be well-formed.
    package init(_ source: String) throws {
        super.init()
        let parser = XMLParser(data: Data(source.utf8))
        parser.delegate = self
        let isWellFormed = parser.parse()
        let problem = parser.parserError.map { "\($0), line \(parser.lineNumber)" } ?? "none"
        guard isWellFormed else { throw NotWellFormed(problem: problem) }
    }

    package func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName qName: String?,
        attributes attributeDict: [String: String]
    ) {
        open.append(elements.count)
        elements.append(Element(name: elementName, attributes: attributeDict))
    }

    package func parser(_ parser: XMLParser, foundCharacters string: String) {
        for index in open { elements[index].text += string }
    }

    package func parser(
        _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName qName: String?
    ) {
        open.removeLast()
    }

    /// The text of each element of that name, with the elements inside it.
    package func texts(_ name: String) -> [String] { elements.filter { $0.name == name }.map(\.text) }

    /// Everything that could load or run something, in a document that must have none of it.
    package var dangers: [String] {
        let allowed: Set<String> = [
            "html", "head", "meta", "title", "style", "body", "header", "main", "section", "h1", "h2", "p", "bdi", "em",
            "strong", "code", "span", "sub", "sup", "div", "figure", "figcaption", "details", "summary", "table",
            "caption",
            "thead", "tbody", "tr", "th", "td", "data", "svg", "desc", "g", "path", "rect", "text"
        ]
        var found = elements.map(\.name).filter { !allowed.contains($0) }
        for element in elements {
            for (name, value) in element.attributes where name != "xmlns" {
                if ["href", "src", "xlink:href", "style"].contains(name) || name.hasPrefix("on") { found.append(name) }
                if value.contains("http:") || value.contains("https:") || value.contains("url(") { found.append(value) }
            }
            if element.name == "style", element.text.contains("@import") || element.text.contains("url(") {
                found.append(element.text)
            }
        }
        return found
    }
}
