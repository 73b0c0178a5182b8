#!/usr/bin/env python3
"""Compares the ids of `bench tokens` with the reference library's (PyPI "tokenizers" 0.23.3, "gguf" 0.19) on any number of lines.

The reference is built from the vocabulary of a GGUF file and the published components of its kind. Lines come from the files that are
named, and some ten thousand more are generated: scripts of all planes, combining marks, emoji, control characters, runs of spaces.

    byte_pairs_check.py BENCH MODEL.gguf FILE...
"""

import json
import random
import subprocess
import sys

import gguf
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

from byte_pairs_golden import LLAMA3, QWEN2

GPT2 = pre_tokenizers.ByteLevel(add_prefix_space=False)
DIGITS = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), GPT2])


def split(expression):
    return pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(expression), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )


SPLITTERS = {"gpt-2": GPT2, "mpt": GPT2, "smollm": DIGITS, "starcoder": DIGITS, "refact": DIGITS, "qwen2": split(QWEN2), "llama-bpe": split(LLAMA3)}


def reference(path):
    fields = gguf.GGUFReader(path).fields

    def value(name):
        return fields["tokenizer.ggml." + name].contents()

    tokens, types = value("tokens"), value("token_type")
    vocabulary = {token: id for id, token in enumerate(tokens)}
    if value("model") == "gpt2":
        merges = [tuple(merge.split(" ")) for merge in value("merges")]
        tokenizer = Tokenizer(models.BPE(vocabulary, merges, ignore_merges=value("pre") == "llama-bpe"))
        tokenizer.pre_tokenizer = SPLITTERS[value("pre")]
    else:
        scores, merges = value("scores"), []
        for id, token in enumerate(tokens):
            pairs = [(token[:k], token[k:]) for k in range(1, len(token))] if types[id] == 1 else []
            pairs = [pair for pair in pairs if pair[0] in vocabulary and pair[1] in vocabulary]
            merges += [(scores[id], pair) for pair in sorted(pairs, key=lambda pair: (vocabulary[pair[0]], vocabulary[pair[1]]))]
        merges.sort(key=lambda merge: -merge[0])
        tokenizer = Tokenizer(
            models.BPE(vocabulary, [pair for _, pair in merges], unk_token="<unk>", fuse_unk=True, byte_fallback=True)
        )
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.add_special_tokens([AddedToken(tokens[i], normalized=False) for i in range(len(tokens)) if types[i] in (2, 3)])
    tokenizer.add_tokens([AddedToken(tokens[i], normalized=False) for i in range(len(tokens)) if types[i] == 4])
    tokenizer.encode_special_tokens = True
    return tokenizer


def generated(count):
    generator = random.Random(7)
    blocks = [(0x20, 0x7F), (0, 0x20), (0x80, 0x250), (0x300, 0x370), (0x370, 0x700), (0x900, 0xE80), (0x1E00, 0x2100), (0x3000, 0x3100),
              (0x4E00, 0x5200), (0xAC00, 0xAC80), (0xFB00, 0xFE00), (0x10900, 0x11000), (0x1F300, 0x1F700), (0x20000, 0x20100), (0xE0000, 0xE0200)]
    words = "don't I'LL we've 'ſ the Hello 123 4567 foo_bar x=1; naïve co\u0301té 日本語 👍🏽 ... !!! <s> <|im_end|> <0x0A> ▁ Ġ \n\n".split(" ")
    lines = []
    for index in range(count):
        text = ""
        for _ in range(generator.randrange(1, 12)):
            if index % 3 == 0:
                text += generator.choice(words) + generator.choice(["", " ", "  ", "\n", "\r\n", "\t", " " * generator.randrange(70)])
            elif index % 3 == 1:
                block = generator.choice(blocks)
                text += "".join(chr(generator.randrange(*block)) for _ in range(3))
            else:
                scalar = generator.randrange(0x110000)
                text += chr(scalar) if not 0xD800 <= scalar < 0xE000 else "x"
        lines.append(text)
    return lines + ["a" * 3000, " " * 5000, "\n" * 1000, "ab " * 2000, "日" * 2000, "x\u0301" * 1500, "", "1" * 500]


def main():
    bench, model, *files = sys.argv[1:]
    lines = generated(40_000)
    for name in files:
        with open(name, encoding="utf-8") as file:
            lines += file.read().split("\n")
    found = subprocess.run(
        [bench, "tokens", model, "--ids"], input="".join(json.dumps(line) + "\n" for line in lines), text=True, stdout=subprocess.PIPE, check=True
    ).stdout.split("\n")
    expected = [" ".join(map(str, encoding.ids)) for encoding in reference(model).encode_batch(lines, add_special_tokens=False)]
    wrong = [index for index, ids in enumerate(expected) if found[index] != ids]
    for index in wrong[:5]:
        print("%r: %s instead of %s" % (lines[index][:80], found[index], expected[index]))
    print("%d lines, %d mismatches" % (len(lines), len(wrong)))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
