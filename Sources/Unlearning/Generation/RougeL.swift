/// ROUGE-L recall: how much of a reference's words an answer has, in their order (Lin, 2004).
///
/// It is that of the package rouge_score with its stemmer, by which TOFU's answers are measured: small letters; every
/// run of anything but a-z and 0-9 parts words; words of more than three letters are stemmed.
package enum RougeL {
    /// The words of a text, as they are compared.
    static func words(_ text: String) -> [String] {
        text.lowercased().utf8.split { !(0x61...0x7A).contains($0) && !(0x30...0x39).contains($0) }.map {
            let word = String(decoding: $0, as: UTF8.self)
            return word.utf8.count > 3 ? PorterStemmer.stem(word) : word
        }
    }

    /// The longest common subsequence over the reference's words; 0 where either has none.
    package static func recall(of reference: String, in answer: String) -> Double {
        let (wanted, found) = (words(reference), words(answer))
        guard !wanted.isEmpty, !found.isEmpty else { return 0 }
        // The lengths for all beginnings of `found`, row by row of `wanted`.
        var row = [Int](repeating: 0, count: found.count + 1)
        for word in wanted {
            var diagonal = 0
            for (index, other) in found.enumerated() {
                let above = row[index + 1]
                row[index + 1] = word == other ? diagonal + 1 : max(above, row[index])
                diagonal = above
            }
        }
        return Double(row[found.count]) / Double(wanted.count)
    }
}
