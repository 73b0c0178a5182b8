import Foundation

/// From counts to colours: levels of even steps in lightness, so that more is darker on paper and brighter on a dark screen.
///
/// Lightness alone carries the order; the hue runs from yellow to blue, which people who do not tell red from green see as well.
struct HeatScale {
    static let levels = 8
    let most: Int

    /// 0 for none, else 1 to 8.
    func level(_ count: Int) -> Int {
        guard count > 0, most > 0 else { return 0 }
        return (1...Self.levels).first { upper($0) >= count } ?? Self.levels
    }

    /// The greatest count of a level: most · level / 8, without leaving the integers.
    func upper(_ level: Int) -> Int { most / Self.levels * level + most % Self.levels * level / Self.levels }

    /// The levels that have counts, with the least and the greatest of them.
    var classes: [(level: Int, counts: ClosedRange<Int>)] {
        (1...Self.levels).compactMap { level in
            let (least, greatest) = (upper(level - 1) + 1, upper(level))
            return least <= greatest && most > 0 ? (level, least...greatest) : nil
        }
    }

    static func color(_ level: Int, dark: Bool) -> RGB {
        // None has no hue, so that it is not taken for a little.
        if level == 0 { return RGB(lightness: dark ? 0.27 : 0.955, chroma: 0.004, hue: 250) }
        let share = Double(level) / Double(levels)
        return dark
            ? RGB(lightness: 0.3 + 0.6 * share, chroma: 0.05 + 0.07 * share, hue: 275 - 170 * share)
            : RGB(lightness: 0.93 - 0.58 * share, chroma: 0.02 + 0.12 * share, hue: 105 + 170 * share)
    }

    /// Black or white, whichever is read more easily on the level's colour.
    static func ink(_ level: Int, dark: Bool) -> RGB {
        let paper = color(level, dark: dark)
        return paper.contrast(.black) >= paper.contrast(.white) ? .black : .white
    }

    static let style: String = {
        func rules(dark: Bool) -> String {
            (0...levels).map { level in
                let (fill, ink) = (color(level, dark: dark).hex, ink(level, dark: dark).hex)
                return ".sisa .h\(level){fill:\(fill)}.sisa .h\(level)t{fill:\(ink)}"
            }.joined() + "\n"
        }
        return rules(dark: false) + "@media screen and (prefers-color-scheme:dark){\(rules(dark: true))}\n"
    }()
}
