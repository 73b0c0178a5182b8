/// Takes the endings off English words: Porter, "An algorithm for suffix stripping", 1980, with the deviations that
/// NLTK's stemmer has by default, because ROUGE scores are made with that one.
///
/// Words are ASCII, small letters and digits. Names of steps and conditions are the paper's.
enum PorterStemmer {
    private typealias Word = [UInt8]

    /// The stem of a word.
    static func stem(_ word: String) -> String {
        if let whole = irregular[word] { return whole }
        guard word.utf8.count > 2 else { return word }
        var word = Array(word.utf8)
        for step in [step1a, step1b, step1c, step2, step3, step4, step5a, step5b] { word = step(word) }
        return String(decoding: word, as: UTF8.self)
    }

    private static let irregular = [
        "sky": "sky", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "news": "news",
        "innings": "inning", "inning": "inning", "outings": "outing", "outing": "outing", "cannings": "canning",
        "canning": "canning", "howe": "howe", "proceed": "proceed", "exceed": "exceed", "succeed": "succeed"
    ]

    // MARK: Conditions

    /// Which letters are consonants: all but a, e, i, o, u, and y behind a consonant.
    private static func consonants(_ word: Word) -> [Bool] {
        var flags: [Bool] = []
        for letter in word {
            switch letter {
            case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"):
                flags.append(false)
            case UInt8(ascii: "y"): flags.append(!(flags.last ?? false))
            default: flags.append(true)
            }
        }
        return flags
    }

    /// m: how often a vowel is followed by a consonant.
    private static func measure(_ word: Word) -> Int {
        let flags = consonants(word)
        return zip(flags, flags.dropFirst()).count { !$0 && $1 }
    }

    /// *v*: the stem has a vowel.
    private static func hasVowel(_ word: Word) -> Bool { consonants(word).contains(false) }

    /// *d: it ends with a double consonant.
    private static func endsDouble(_ word: Word) -> Bool {
        word.count > 1 && word[word.count - 1] == word[word.count - 2] && consonants(word).last == true
    }

    /// *o: it ends consonant, vowel, consonant, the last none of w, x, y; or it is a vowel and a consonant.
    private static func endsShort(_ word: Word) -> Bool {
        let flags = consonants(word)
        if flags == [false, true] { return true }
        return flags.count > 2 && flags.suffix(3) == [true, false, true] && !"wxy".utf8.contains(word[word.count - 1])
    }

    // MARK: Rules

    /// An ending, what takes its place, and whether it may, asked of the stem before it.
    private typealias Rule = (ending: String, replacement: String, may: (Word) -> Bool)

    private static func without(_ word: Word, _ ending: String) -> Word? {
        word.count >= ending.utf8.count && word.suffix(ending.utf8.count).elementsEqual(ending.utf8)
            ? word.dropLast(ending.utf8.count) : nil
    }

    /// The first rule whose ending is there decides, whether it may or not.
    private static func apply(_ rules: [Rule], _ word: Word) -> Word {
        for rule in rules {
            guard let stem = without(word, rule.ending) else { continue }
            return rule.may(stem) ? stem + rule.replacement.utf8 : word
        }
        return word
    }

    private static func rules(_ pairs: KeyValuePairs<String, String>, above least: Int) -> [Rule] {
        pairs.map { ($0, $1, { measure($0) > least }) }
    }

    private static func step1a(_ word: Word) -> Word {
        if word.count == 4, let stem = without(word, "ies") { return stem + "ie".utf8 }
        return apply(
            [
                ("sses", "ss", { _ in true }), ("ies", "i", { _ in true }), ("ss", "ss", { _ in true }),
                ("s", "", { _ in true })
            ],
            word)
    }

    private static func step1b(_ word: Word) -> Word {
        if let stem = without(word, "ied") { return stem + (word.count == 4 ? "ie" : "i").utf8 }
        if let stem = without(word, "eed") { return measure(stem) > 0 ? stem + "ee".utf8 : word }
        guard
            let stem = (without(word, "ed").flatMap { hasVowel($0) ? $0 : nil })
                ?? (without(word, "ing").flatMap { hasVowel($0) ? $0 : nil })
        else { return word }
        for ending in ["at", "bl", "iz"] where without(stem, ending) != nil { return stem + "e".utf8 }
        if endsDouble(stem) { return stem.last.map("lsz".utf8.contains) == true ? stem : stem.dropLast() }
        return measure(stem) == 1 && endsShort(stem) ? stem + "e".utf8 : stem
    }

    private static func step1c(_ word: Word) -> Word {
        apply([("y", "i", { $0.count > 1 && consonants($0).last == true })], word)
    }

    private static func step2(_ word: Word) -> Word {
        if let stem = without(word, "alli"), measure(stem) > 0 { return step2(stem + "al".utf8) }
        // The l of this one is counted with the stem.
        let last: Rule = ("logi", "log", { measure($0 + "l".utf8) > 0 })
        return apply(second + [last], word)
    }

    private static var second: [Rule] {
        rules(
            [
                "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "bli": "ble",
                "alli": "al", "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate",
                "ator": "ate", "alism": "al", "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al",
                "iviti": "ive", "biliti": "ble", "fulli": "ful"
            ], above: 0)
    }

    private static func step3(_ word: Word) -> Word {
        apply(
            rules(
                [
                    "icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": ""
                ], above: 0), word)
    }

    private static func step4(_ word: Word) -> Word {
        let before = rules(
            [
                "al": "", "ance": "", "ence": "", "er": "", "ic": "", "able": "", "ible": "", "ant": "", "ement": "",
                "ment": "", "ent": ""
            ], above: 1)
        let ion: Rule = ("ion", "", { measure($0) > 1 && $0.last.map("st".utf8.contains) == true })
        let after = rules(
            ["ou": "", "ism": "", "ate": "", "iti": "", "ous": "", "ive": "", "ize": ""], above: 1)
        return apply(before + [ion] + after, word)
    }

    private static func step5a(_ word: Word) -> Word {
        guard let stem = without(word, "e") else { return word }
        return measure(stem) > 1 || (measure(stem) == 1 && !endsShort(stem)) ? stem : word
    }

    private static func step5b(_ word: Word) -> Word {
        without(word, "ll") != nil && measure(word.dropLast()) > 1 ? word.dropLast() : word
    }
}
