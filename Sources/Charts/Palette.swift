/// Colours of pictures: told apart by people who see fewer colours, and on paper by dash and marker as well.
///
/// Those of lines and points on paper are after Okabe and Ito, "Color Universal Design", 2008.
enum Palette {
    /// The colours on paper, by number of the series.
    static let light = ["#0072b2", "#c94f00", "#00805d", "#a6408f", "#7a6100", "#5b5f66"]
    /// The same on a dark screen.
    static let dark = ["#63b8f0", "#ff9d5c", "#43d6a5", "#eb9fd6", "#e6cf5a", "#b4b9c2"]

    /// The number of a series' colour: after the last one the first comes again.
    static func index(_ series: Int) -> Int {
        let remainder = series % light.count
        return remainder < 0 ? remainder + light.count : remainder
    }

    /// Rules for all pictures; without custom properties a renderer falls back on the light colours in the attributes.
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

    /// The colours of the levels of a heat picture, none first: even steps of lightness from yellow to blue (OKLCH),
    /// which people who do not tell red from green see as well. None has no hue, so that it is not taken for a little.
    static let heat = [
        "#eef0f3", "#cad5bc", "#a4c2a7", "#79b09b", "#4a9c97", "#128596", "#006b95", "#0c4e8f", "#292c81"
    ]
    /// The same on a dark screen, where more is brighter.
    static let darkHeat = [
        "#252728", "#2a4260", "#295c75", "#297683", "#36908b", "#55a98c", "#81c088", "#b3d383", "#eae381"
    ]

    /// Black or white, whichever is read more easily on the colour of the level.
    static func ink(_ level: Int) -> String { level < 6 ? "#000000" : "#ffffff" }

    /// The same on a dark screen.
    static func darkInk(_ level: Int) -> String { level < 4 ? "#ffffff" : "#000000" }

    /// Rules for the levels of heat pictures.
    static let heatStyle: String = {
        func rules(_ fills: [String], _ ink: (Int) -> String) -> String {
            fills.enumerated().map { level, fill in
                ".sisa .h\(level){fill:\(fill)}.sisa .h\(level)t{fill:\(ink(level))}"
            }.joined() + "\n"
        }
        let dark = "@media screen and (prefers-color-scheme:dark){\(rules(darkHeat, darkInk))}\n"
        return rules(heat, ink) + dark
    }()
}
