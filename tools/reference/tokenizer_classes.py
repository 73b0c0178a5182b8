#!/usr/bin/env python3
"""Makes the tables of the byte pair tokenizers with the reference library (PyPI "tokenizers" 0.23.3).

    tokenizer_classes.py FOLDER

writes into FOLDER, which is Sources/Engine/Text/BytePairs: CharacterClassData.swift, which scalars are letters, numbers and white space
to the expressions by which texts are split into words (Unicode 16), and which ones are digits to the step that sets digits apart
(Unicode 17); ComposedFormData.swift, what NFC needs to know. All is measured on the library, scalar by scalar.
"""

import pathlib
import sys
import unicodedata

from tokenizers import Regex, normalizers, pre_tokenizers

from tokenizer_golden import SCALARS, mapping, ranges, swift_string

HANGUL = range(0xAC00, 0xD7A4)


def matching(expression):
    split = pre_tokenizers.Split(Regex(expression), "removed")
    found = []
    for start in range(0, len(SCALARS), 4096):
        block = SCALARS[start : start + 4096]
        rest = set("".join(piece for piece, _ in split.pre_tokenize_str("".join(map(chr, block)))))
        found += [c for c in block if chr(c) not in rest]
    return found


def digits():
    split = pre_tokenizers.Digits(individual_digits=True)
    return [c for c in SCALARS if len(split.pre_tokenize_str("a" + chr(c) + "b")) == 3]


def header(name, comment):
    return "/// %s\n///\n/// Made by `tools/reference/tokenizer_classes.py`; do not edit. Numbers are hexadecimal.\nenum %s {\n" % (comment, name)


def classes():
    numbers = matching(r"\p{N}")
    further = sorted(set(digits()) - set(numbers))
    assert set(numbers) <= set(digits())
    return header("CharacterClassData", "What the scalars are by which texts are split into words, for `CharacterClass`.") + "\n".join(
        [
            swift_string("letters", r"`\\p{L}` of Unicode 16.".replace("\\\\", "\\"), ranges(matching(r"\p{L}"))),
            swift_string("numbers", r"`\p{N}` of Unicode 16.", ranges(numbers)),
            swift_string("digits", "Set apart as digits too: numbers that came with Unicode 17.", ranges(further)),
            swift_string("space", r"`\s`.", ranges(matching(r"\s"))),
        ]
    ) + "}\n"


def combining_class(c, nfd):
    """The class by which the library orders a scalar: 0 where it never moves."""
    value = unicodedata.combining(chr(c))
    if not value:
        return 0
    for probe in "\u0334\u0315\u0345":
        if chr(c) != probe and nfd.normalize_str("a" + chr(c) + probe) != nfd.normalize_str("a" + probe + chr(c)):
            continue
        if chr(c) != probe and value != unicodedata.combining(probe):
            return value
    return 0


def composed():
    nfc, nfd = normalizers.NFC(), normalizers.NFD()
    decomposed, composed, moving = {}, {}, {}
    for c in SCALARS:
        parts = nfd.normalize_str(chr(c))
        if parts != chr(c) and c not in HANGUL:
            decomposed[c] = parts
            if nfc.normalize_str(parts) == chr(c):
                first = nfc.normalize_str(parts[:-1])
                assert len(first) == 1, hex(c)
                composed[c] = first + parts[-1]
        value = combining_class(c, nfd)
        if value:
            moving[c] = chr(value)
    return header("ComposedFormData", "What canonical composition must know of the scalars, for `ComposedForm`.") + "\n".join(
        [
            swift_string("classes", "Combining classes; all others are 0.", mapping(moving)),
            swift_string("decomposed", "Full canonical decompositions, Hangul syllables aside.", mapping(decomposed)),
            swift_string("composed", "The two scalars that a scalar is composed of, Hangul syllables aside.", mapping(composed)),
        ]
    ) + "}\n"


def main():
    folder = pathlib.Path(sys.argv[1])
    (folder / "CharacterClassData.swift").write_text(classes())
    (folder / "ComposedFormData.swift").write_text(composed())


if __name__ == "__main__":
    main()
