#!/usr/bin/env python3
"""Makes the golden files of the tokenizer tests with the reference library (PyPI "tokenizers" 0.23).

    tokenizer_golden.py tables OUT.swift
        What the reference does with every Unicode scalar, as Sources/Engine/Loading/UnicodeData.swift.
        It mixes several Unicode versions and a few slips of its own; both are part of what a model
        was trained with, so they are measured, not derived from the Unicode database.

    tokenizer_golden.py golden FIXTURES --model MODEL --csv NAME=FILE:COLUMN ... --tsv NAME=FILE:COLUMN ...
        Golden ids for the model folder: one FNV-1a hash per text of each corpus, and everything in full
        for the list of nasty texts, which needs only the small vocabulary in FIXTURES as well.
"""

import argparse
import csv
import json
import pathlib
import struct
import unicodedata

from tokenizers import AddedToken, Tokenizer, normalizers, pre_tokenizers
from tokenizers.implementations import BertWordPieceTokenizer

SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
WHOLE_LIMIT = 512
CORPUS_LIMIT = 128


def bert(clean=False, chinese=False, strip=False, lowercase=False):
    return normalizers.BertNormalizer(clean, chinese, strip, lowercase)


# --- tables ---------------------------------------------------------------------------------------------------


def ranges(scalars):
    out = []
    for c in sorted(scalars):
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return ["%X" % a if a == b else "%X-%X" % (a, b) for a, b in out]


def combining_class(scalar, nfd, probes):
    """The class by which the reference orders a scalar: 0 where it never moves."""
    s = chr(scalar)
    for k, probe in probes:
        after = nfd.normalize_str("a" + s + probe) == "a" + probe + s
        before = nfd.normalize_str("a" + probe + s) == "a" + s + probe
        if s != probe and (after or before):
            return unicodedata.combining(s)
    return 0


def mapping(pairs):
    """Runs of consecutive scalars: FIRST:IMAGE,IMAGE,... where an image is scalars joined by +."""
    out = []
    last = None
    for c, image in sorted(pairs.items()):
        text = "+".join("%X" % ord(i) for i in image)
        if last is not None and c == last + 1:
            out[-1] += "," + text
        else:
            out.append("%X:%s" % (c, text))
        last = c
    return out


def swift_string(name, comment, words):
    lines, line = [], ""
    for word in words:
        while len(line) + len(word) + 1 > 110:
            # A long run of images is cut behind a comma.
            cut = word.rfind(",", 0, max(0, 109 - len(line))) + 1
            if cut:
                line += (" " if line and not line.endswith(",") else "") + word[:cut]
                word = word[cut:]
            lines.append(line)
            line = ""
        line += (" " if line else "") + word
    lines.append(line)
    body = "".join("        %s%s\n" % (l, "\\" if l.endswith(",") else "") for l in lines)
    return '    /// %s\n    static let %s: StaticString = """\n%s        """\n' % (comment, name, body)


def tables(out):
    clean, strip, lower, nfd = bert(clean=True), bert(strip=True), bert(lowercase=True), normalizers.NFD()
    chinese, pre = bert(chinese=True), pre_tokenizers.BertPreTokenizer()
    probes = [(1, "\u0334"), (232, "\u0315"), (240, "\u0345")]
    removed, space, cjk, punctuation, marks, starters = [], [], [], [], [], []
    decomposed, lowered, classes = {}, {}, {}
    for c in SCALARS:
        s = chr(c)
        if clean.normalize_str("a" + s + "b") == "ab":
            removed.append(c)
        pieces = [t for t, _ in pre.pre_tokenize_str("a" + s + "b")]
        if pieces == ["a", "b"]:
            space.append(c)
        elif pieces == ["a", s, "b"]:
            punctuation.append(c)
        else:
            assert pieces == ["a" + s + "b"]
        if chinese.normalize_str(s) == " " + s + " ":
            cjk.append(c)
        moves = combining_class(c, nfd, probes) if unicodedata.combining(s) else 0
        stripped = strip.normalize_str(s)
        if stripped == "":
            parts = nfd.normalize_str(s)
            block = any(not (unicodedata.combining(p) and combining_class(ord(p), nfd, probes)) for p in parts)
            (starters if block else marks).append(c)
        elif stripped != s and not 0xAC00 <= c <= 0xD7A3:
            decomposed[c] = stripped
        if stripped != "" and moves:
            classes[c] = chr(moves)
        if lower.normalize_str(s) != s:
            lowered[c] = lower.normalize_str(s)
    text = "/// What the reference tokenizer does with Unicode scalars, for `UnicodeTable`.\n///\n"
    text += "/// Made by `tools/reference/tokenizer_golden.py tables`; do not edit. Numbers are hexadecimal.\n"
    text += "enum UnicodeData {\n"
    text += "\n".join(
        [
            swift_string("removed", "Dropped by `clean_text`.", ranges(removed)),
            swift_string("space", "Ends a word.", ranges(space)),
            swift_string("chinese", "A word by itself under `handle_chinese_chars`.", ranges(cjk)),
            swift_string("punctuation", "A word by itself.", ranges(punctuation)),
            swift_string("marks", "Dropped by `strip_accents`.", ranges(marks)),
            swift_string(
                "startingMarks",
                "Dropped by `strip_accents`; combining marks are not reordered across them.",
                ranges(starters),
            ),
            swift_string(
                "classes",
                "Combining classes of the scalars that `strip_accents` reorders but keeps.",
                mapping(classes),
            ),
            swift_string(
                "decomposed",
                "What `strip_accents` leaves of a scalar, Hangul syllables aside.",
                mapping(decomposed),
            ),
            swift_string("lowered", "Lower case.", mapping(lowered)),
        ]
    )
    pathlib.Path(out).write_text(text + "}\n")


# --- golden ids -----------------------------------------------------------------------------------------------


def fnv(data, seed=0xCBF29CE484222325):
    value = seed
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def hash_ids(ids):
    return fnv(struct.pack("<%dI" % len(ids), *ids))


def write_hashes(path, hashes):
    path.write_bytes(struct.pack("<%dQ" % len(hashes), *hashes))


def corpus(argument, delimiter):
    name, rest = argument.split("=", 1)
    path, column = rest.rsplit(":", 1)
    with open(path, newline="", encoding="utf-8") as file:
        return name, [row[column] for row in csv.DictReader(file, delimiter=delimiter)]


def limited(tokenizer, limit):
    tokenizer.no_padding()
    tokenizer.enable_truncation(limit)
    return tokenizer


def ids(tokenizer, texts):
    return [encoding.ids for encoding in tokenizer.encode_batch(texts)]


def nasty_texts():
    words = ["w" * 99, "w" * 100, "w" * 101, "é" * 100, "é" * 101, "e\u0301" * 60, "漢" * 101, "a\u200b" * 60]
    fixed = [
        "", " ", "   \t\n\r  ", "\x00", "a\x00b", "\ufffd", "a\ufffdb", "Hello, World!", "don't stop-now",
        "naïve café résumé", "nai\u0308ve cafe\u0301", "A\u030angstro\u0308m", "q\u0323\u0307 q\u0307\u0323",
        "Zalgo: Z\u0310\u0354a\u0300\u0316l\u0334g\u0362o\u0489", "한국어 텍스트", "\u1112\u1161\u11ab\u1100\u116e\u11a8",
        "각 \u1100\u1161\u11a8 가\u11a8", "\u302e\u302f 방\u302f\u302e점", "漢字かな混じり文", "中文english混合123",
        "𠀀𠀁𪜀𫝀𫠠𬺰𰀀", "豈更車 \uf900\uf901 \U0002f800\U0002fa1d", "ｆｕｌｌｗｉｄｔｈ １２３ ＡＢＣ！", "か\u3099が ﾊﾟ",
        "שלום עולם \u05e9\u05c1\u05b8\u05dc", "مرحبا بالعالم \u0627\u0654\u0655", "\u202eabc\u202c \u2066x\u2069",
        "zero\u200bwidth\u200cnon\u200djoin\ufeffbom\u2060wj", "soft\u00adhyphen", "a\x01b\x02c\x1bd\x7fe\x80f\x85g\x9fh",
        "vt\x0bff\x0cfs\x1crs\x1eus\x1f", "tab\tnewline\ncr\rend", "private \ue000\uf8ff\U000f0000\U0010fffd use",
        "unassigned \u0378\u0380\U000e0080\U0003ffff", "near \ud7ff\ue000 surrogates \uffff\ufffe \U0010ffff",
        "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪 1️⃣ ☺️", "😀word😀", "Istanbul İSTANBUL ı I i\u0307", "Straße STRASSE ẞ ß",
        "ΟΔΥΣΣΕΥΣ Σ ς σ ΑΣ.", "Ά ά Ὀδυσσεύς ᾳ ᾼ ΐ", "ﬁle ﬂow ﬀ ﬃ ﬅ", "nb\u00a0sp\u2007fig\u202fnarrow\u2003em\u3000ideo",
        "\u1680ogham\u180emvs\u2028ls\u2029ps\u205fmm", "𝐁𝐨𝐥𝐝 𝓢𝓬𝓻𝓲𝓹𝓽 𝟙𝟚𝟛 𝔘𝔫", "Ǆ ǅ ǆ Ǉ ǈ ǉ", "ŐŰ őű Ǭ ǭ ṩ ệ Ố", "ĲSSEL ĳ ŉ",
        "[CLS] [SEP] [MASK] [PAD] [UNK]", "a[SEP]b", "x [MASK]y", "[MASK][MASK]", "[mask] [Sep] [CLS", "[[SEP]]", "[UNK]ing",
        "[SEP", "SEP]", " [MASK] ", "##ing ## # ##", "a##b", "[unused1] [unused99]", "don\u2019t \u201cquote\u201d \u2026 \u2014 \u2013",
        "$5.00 + 3% = <x>|y|^z~`w`", "©®™ ª º ½ ² № ℃ Å Ω K", "¡Hola! ¿Qué? «oui»", "e\u0301\u200d\u0301", "\u0301\u0302\u0303",
        "\u0301start", "end\u0301", "a\u0328\u0301b a\u0301\u0328b", "\u0344x\u0340y\u0341", "\u0f73\u0f75\u0f81 \u0958\u09dc\u0a33",
        "\u0cca\u0ccb\u0d4a\u0ddd", "\u1d15e\u1d165", "\U0001d15e\U0001d165\U0001d16d\U0001d166", "\u0cc0\u302e\u0cbf\u1b44",
        "a\u302e\u1b44b a\u302e\u0901\u1b44b a\u302e\u0301\u1b44b", "\ua953\U0001d165\ua953 x\u302e\u302fy", "ⅷ Ⅷ ⓐ Ⓐ", "ᏸ Ᏸ Ꭰ ꭰ Ა ა",
        "Ԁ ԁ Ա ա", "\u1e9e\u2126\u212a\u212b", "ДОБРО йода Ёж ў", "ไทย ภาษา กำ", "हिन्दी क्षत्रिय ज़", "தமிழ் கொ", "မြန်မာ", "ខ្មែរ", "བོད་ཡིག",
        "ɐ ʰ ʷ ˈ", "→ ⇒ ∀x∈ℝ", "┌─┐", "\u2e3a\u2e5d\u061d\u09fd\u0a76 \U00010a50", "\u0890\u08e2\U000110cd\U00013430",
        "http://example.com/a_b?c=d&e=f#g", "me@example.com", "#tag @user", "v1.2.3-rc4", "...!!!???", "a,b;c:d", "1,234.56", "unaffable",
        "UNAFFABLE Unaffable unwanted,running", "\ufdfa \ufb1d \ufb2a \ufb4f", "e\u0323\u0302 ê\u0323 ẹ\u0302", "\uac00\u0301", "\u3131\uffa1",
    ]
    texts = fixed + words + [" ".join(words), "x" * 1000, "the quick brown fox " * 200, "é " * 600]
    # A repeatable generator of mixed strings: marks, letters, jamo and specials in any order.
    pools = [
        [chr(c) for c in range(0x20, 0x7F)], [chr(c) for c in range(0xA0, 0x250)], [chr(c) for c in range(0x300, 0x370)],
        [chr(c) for c in range(0x1100, 0x11F9)] + [chr(c) for c in range(0xAC00, 0xAC80)],
        list("\u302e\u302f\u1b44\u1baa\ua953\ua9c0\U0001d165\U0001d16d\U0001e000\u08d4\u0901\u0cbf\u0cc0\u09cb\U0001d15e"),
        [chr(c) for c in range(0x370, 0x600)], [chr(c) for c in range(0x900, 0xE80)], [chr(c) for c in range(0x1E00, 0x2000)],
        [chr(c) for c in range(0x4E00, 0x4E40)] + [chr(c) for c in range(0xF900, 0xF940)], list("\u0085\u00a0\u00ad\u200b\u200d\u3000\ufeff\ufffd"),
    ]
    state = 1
    for _ in range(150):
        text = ""
        for _ in range(24):
            state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
            pool = pools[(state >> 33) % len(pools)]
            text += pool[(state >> 40) % len(pool)]
        texts.append(text)
    return texts


SMALL_WORDS = (
    "the quick brown fox hello world un ##aff ##able want ##ed runn ##ing a b c naive café cafe ##s strasse straße "
    "istanbul ## # ##ss ##w ##ww ww w ##e é ##é e 한국 ᄒ ##ᅡ ##ᆫ ᄀ ##ᅮ ##ᆨ 漢 字 中 文 か ##か が ##が 👍 ##👍 😀 ##\u200d "
    "σ ς ##σ ##ς ο ##δ ##υ ##ε δ ω ﬁ ##ﬁ ##le file ı i ##ı ß ##ß ё ##ж е и ##и ##\u0301 \u0301 ##\u0307 i\u0307 א ##ו ש ##ל ##ם "
    "م ##ر ##ح ##ب ##ا d o n t ' \u2019 - . , ! ? ; : $ + = < > | ^ ~ ` ( ) [ ] { } / \\ @ & * % _ \" © ™ … — „ “ ” « » ¿ ¡ "
    "Hello World The É Ａ 𝐁 ##𝐨 Ⅷ ⅷ ⓐ \u302e ##\u302e ##\u1b44 ##\u302f \ue000 ##\ue000 \u0378 ##ö å ##å ω Å k\u0323 ##\u0323"
)


def small(folder):
    """Two little models: a tokenizer.json with added tokens of every kind, and a cased vocab.txt."""
    vocabulary = list(dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + SMALL_WORDS.split()))
    letters = [chr(c) for c in range(0x61, 0x7B)] + [chr(c) for c in range(0x30, 0x3A)] + [chr(c) for c in range(0x41, 0x5B)]
    vocabulary = list(dict.fromkeys(vocabulary + letters + ["##" + l for l in letters]))
    cased, uncased = folder / "small-cased", folder / "small-uncased"
    for path in (cased, uncased):
        path.mkdir(parents=True, exist_ok=True)
    (cased / "vocab.txt").write_text("".join(token + "\n" for token in vocabulary))
    config = {"do_lower_case": False, "tokenizer_class": "BertTokenizer", "cls_token": "[CLS]"}
    (cased / "tokenizer_config.json").write_text(json.dumps(config) + "\n")
    cased_tokenizer = BertWordPieceTokenizer(str(cased / "vocab.txt"), lowercase=False)
    tokenizer = BertWordPieceTokenizer(str(cased / "vocab.txt"), lowercase=True)._tokenizer
    tokenizer.add_special_tokens([AddedToken("[MASK]", lstrip=True, normalized=False)])
    tokenizer.add_tokens(
        [
            AddedToken("[SEPARATOR]", normalized=False), AddedToken("[SEPA", normalized=False, rstrip=True),
            AddedToken("Café", normalized=True), AddedToken("new york", normalized=True, lstrip=True, rstrip=True),
        ]
    )
    tokenizer.save(str(uncased / "tokenizer.json"), pretty=False)
    return Tokenizer.from_file(str(uncased / "tokenizer.json")), cased_tokenizer


SMALL_TEXTS = [
    "[SEPARATOR]x", "[SEPA  x", "[SEPARATE]", "a Café b", "a cafe b CAFÉ", "cafe\u0301s", "in New York now", "new yorknew york",
    "  NEW YORK  [MASK] ", "a \u00a0[MASK]\u3000b", "[SEPA [MASK]", "newyork new  york",
]

# Names are lowercase, strip_accents, handle_chinese_chars, clean_text.
SETTINGS = {
    "uncased": (True, None, True, True), "cased": (False, None, True, True), "accents": (True, False, True, True),
    "stripped": (False, True, True, True), "raw": (True, True, False, False),
}


def scalar_hashes(lowercase, strip, chinese, clean):
    """One hash for 1,024 scalars: the words of "a", the scalar, "b", each ended by a zero byte.

    Planes 4 to 13 are left out: nothing is assigned there.
    """
    normalizer = normalizers.BertNormalizer(clean, chinese, strip, lowercase)
    pre = pre_tokenizers.BertPreTokenizer()
    hashes = []
    for start in [*range(0, 0x40000, 1024), *range(0xE0000, 0x110000, 1024)]:
        value = 0xCBF29CE484222325
        for c in range(start, start + 1024):
            if 0xD800 <= c < 0xE000:
                continue
            for word, _ in pre.pre_tokenize_str(normalizer.normalize_str("a" + chr(c) + "b")):
                value = fnv(word.encode() + b"\0", value)
        hashes.append(value)
    return hashes


def golden(arguments):
    folder = pathlib.Path(arguments.fixtures)
    texts = nasty_texts() + SMALL_TEXTS
    small_uncased, small_cased = small(folder)
    columns = {"small-uncased": small_uncased, "small-cased": small_cased}
    if arguments.model:
        model = pathlib.Path(arguments.model)
        vocabulary = str(model / "vocab.txt")
        columns["minilm"] = Tokenizer.from_file(str(model / "tokenizer.json"))
        columns["minilm-uncased"] = BertWordPieceTokenizer(vocabulary, lowercase=True)
        columns["minilm-cased"] = BertWordPieceTokenizer(vocabulary, lowercase=False)
        columns["minilm-accents"] = BertWordPieceTokenizer(vocabulary, lowercase=True, strip_accents=False)
    results = {name: ids(limited(tokenizer, WHOLE_LIMIT), texts) for name, tokenizer in columns.items()}
    # Full ids for the files that are always there, hashes for the model that may be missing.
    cases = []
    for i, text in enumerate(texts):
        case = {"text": text}
        for name, lists in results.items():
            case[name] = lists[i] if name.startswith("small") else "%016x" % hash_ids(lists[i])
        case["minilm-ids"] = results["minilm"][i] if "minilm" in results and i < 60 else None
        cases.append({key: value for key, value in case.items() if value is not None})
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (folder / "nasty.json").write_text("[\n" + lines + "\n]\n")
    for name, setting in SETTINGS.items():
        write_hashes(folder / ("scalars-%s.fnv64" % name), scalar_hashes(*setting))
    corpora = [corpus(c, ",") for c in arguments.csv] + [corpus(t, "\t") for t in arguments.tsv]
    for name, rows in corpora:
        lists = ids(limited(columns["minilm"], CORPUS_LIMIT), rows)
        write_hashes(folder / (name + ".fnv64"), [hash_ids(i) for i in lists])
        print(name, len(rows), "texts", sum(map(len, lists)), "ids")
    print("nasty", len(texts), "texts")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("tables")
    command.add_argument("out")
    command.set_defaults(run=lambda a: tables(a.out))
    command = commands.add_parser("golden")
    command.add_argument("fixtures")
    command.add_argument("--model")
    command.add_argument("--csv", action="append", default=[])
    command.add_argument("--tsv", action="append", default=[])
    command.set_defaults(run=golden)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
