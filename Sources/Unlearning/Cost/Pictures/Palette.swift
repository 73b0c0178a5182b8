/// Colours of lines and points: told apart by people who see fewer colours, and on paper by dash and marker as well.
///
/// The light ones are after Okabe and Ito, "Color Universal Design", 2008.
enum Palette {
    static let light = ["#0072b2", "#c94f00", "#00805d", "#a6408f", "#7a6100", "#5b5f66"]
    static let dark = ["#63b8f0", "#ff9d5c", "#43d6a5", "#eb9fd6", "#e6cf5a", "#b4b9c2"]

    static func index(_ series: Int) -> Int {
        let remainder = series % light.count
        return remainder < 0 ? remainder + light.count : remainder
    }

    /// Rules for the pictures of this folder; without custom properties a renderer falls back on the light colours in the attributes.
    static let style: String = {
        var rules = """
            .sisa{font-family:system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;\
            font-variant-numeric:tabular-nums}
            .sisa text{fill:var(--ink,#1b1f24)}
            .sisa .soft{fill:var(--soft,#57606a)}
            .sisa .grid{stroke:var(--grid,#dfe3e8)}
            .sisa .axis{stroke:var(--soft,#57606a)}
            .sisa .paper{fill:var(--paper,#fff)}
            .sisa .rim{stroke:var(--paper,#fff)}

            """
        for (index, color) in light.enumerated() {
            rules += ".sisa .s\(index){stroke:var(--s\(index),\(color))}"
            rules += ".sisa .f\(index){fill:var(--s\(index),\(color))}\n"
        }
        let names = dark.enumerated().map { "--s\($0.offset):\($0.element)" }.joined(separator: ";")
        rules += "@media screen and (prefers-color-scheme:dark){.sisa{"
        rules += "--ink:#e8eaed;--soft:#a9b1bb;--grid:#343a42;--paper:#15181c;\(names)}}\n"
        return rules
    }()
}
