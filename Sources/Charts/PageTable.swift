/// A table of a page: numbers to the right, each with its exact value for programs.
package struct PageTable {
    /// What stands in one place, in the unit that its case names.
    package enum Cell {
        case text(String)
        case integer(Int)
        case number(Double)
        case seconds(Double)
        case bytes(Double)
        /// A share from 0 to 1.
        case percent(Double)
        /// A value and its margin to either side.
        case plusMinus(Double, Double)
        case none

        /// A cell of a value that may be missing, which is a dash then.
        package static func optional<T>(_ value: T?, _ make: (T) -> Cell) -> Cell { value.map(make) ?? .none }
    }

    let caption: String
    let header: [String]
    let rows: [[Cell]]
    /// Whether the first column names its row.
    let namesRows: Bool

    /// A table with a name for each column, or with no header at all.
    package init(caption: String, header: [String], rows: [[Cell]], namesRows: Bool = false) {
        self.caption = caption
        self.header = header
        self.rows = rows
        self.namesRows = namesRows
    }

    /// Whether a narrow screen shows each row as lines with their columns' names: more columns than these have no room
    /// beside each other.
    private var stacks: Bool { header.count > 3 }

    /// The table as HTML.
    package var html: String {
        let head = header.enumerated().map { index, name in
            let isWords = rows.contains { index < $0.count && $0[index].isText }
            return "<th scope=\"col\"\(isWords ? "" : " class=\"r\"")>\(Markup.escaped(name))</th>"
        }.joined()
        let body = rows.map { row in
            let cells = row.enumerated().map { index, cell in
                let label = stacks && index < header.count ? " data-label=\"\(Markup.escaped(header[index]))\"" : ""
                return cell.html(isName: namesRows && index == 0, label: label)
            }
            return "<tr>\(cells.joined())</tr>\n"
        }
        return """
            <div class="scroll"><table\(stacks ? " class=\"stack\"" : "")>
            <caption>\(Markup.escaped(caption))</caption>
            \(header.isEmpty ? "" : "<thead><tr>\(head)</tr></thead>\n")<tbody>
            \(body.joined())</tbody></table></div>
            """
    }

    /// The table in a box that is closed until it is asked for, as HTML.
    package var details: String { "<details><summary>The numbers as a table</summary>\n\(html)\n</details>" }
}

extension PageTable.Cell {
    var isText: Bool {
        if case .text = self { true } else { false }
    }

    /// `label`: an attribute that goes into the cell's tag, or nothing.
    func html(isName: Bool, label: String) -> String {
        switch self {
        case .text(let text):
            if isName { return "<th scope=\"row\"\(label)>\(Markup.escaped(text))</th>" }
            return "<td\(text.count <= 25 ? " class=\"short\"" : "")\(label)>\(Markup.escaped(text))</td>"
        case .integer(let value): return Self.data("\(value)", Numeral.text(value), isName, label)
        case .number(let value): return Self.data("\(value)", Numeral.text(value), isName, label)
        case .seconds(let value): return Self.data("\(value)", Numeral.seconds(value), isName, label)
        case .bytes(let value): return Self.data("\(value)", Numeral.bytes(value), isName, label)
        case .percent(let value): return Self.data("\(value)", Numeral.percent(value), isName, label)
        case .plusMinus(let value, let margin):
            return """
                <td class="n"\(label)><data value="\(value)">\(Numeral.text(value))</data> \
                ± <data value="\(margin)">\(Numeral.text(margin))</data></td>
                """
        case .none: return "<td class=\"n\"\(label)>–</td>"
        }
    }

    private static func data(_ exact: String, _ shown: String, _ isName: Bool, _ label: String) -> String {
        let data = "<data value=\"\(exact)\">\(shown)</data>"
        return isName ? "<th scope=\"row\" class=\"n\"\(label)>\(data)</th>" : "<td class=\"n\"\(label)>\(data)</td>"
    }
}
