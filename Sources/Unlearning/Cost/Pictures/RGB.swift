import Foundation

/// A colour of the screen, made from lightness, chroma and hue as people perceive them.
///
/// The conversion is that of Björn Ottosson, "A perceptual color space for image processing", 2020; what the screen cannot show is cut.
struct RGB: Equatable {
    let red: Double
    let green: Double
    let blue: Double

    static let black = RGB(red: 0, green: 0, blue: 0)
    static let white = RGB(red: 1, green: 1, blue: 1)

    /// The hue is in degrees.
    init(lightness: Double, chroma: Double, hue: Double) {
        let (a, b) = (chroma * cos(hue * .pi / 180), chroma * sin(hue * .pi / 180))
        func cube(_ root: Double) -> Double { root * root * root }
        let long = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
        let medium = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
        let short = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
        red = Self.encoded(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short)
        green = Self.encoded(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short)
        blue = Self.encoded(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short)
    }

    private init(red: Double, green: Double, blue: Double) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    var hex: String {
        "#"
            + [red, green, blue].map { part in
                let digits = String(Int((part * 255).rounded()), radix: 16)
                return digits.count < 2 ? "0" + digits : digits
            }.joined()
    }

    /// Luminance as the Web Content Accessibility Guidelines define it.
    var luminance: Double {
        func linear(_ part: Double) -> Double { part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4) }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// From 1 to 21; text needs 4.5.
    func contrast(_ other: RGB) -> Double {
        (max(luminance, other.luminance) + 0.05) / (min(luminance, other.luminance) + 0.05)
    }

    private static func encoded(_ linear: Double) -> Double {
        let value = min(1, max(0, linear))
        return value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
    }
}
