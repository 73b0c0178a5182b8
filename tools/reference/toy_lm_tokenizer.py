"""Makes the tokenizer of shards/toy-lm: byte-level BPE with 256 bytes, 248 merges and 8 control tokens.

    python3 toy_lm_tokenizer.py ../../shards/toy-lm

The merges are learned from the records and the test file, which are plain ASCII; of pairs that are as frequent the one
comes first whose bytes do. Needs nothing but Python.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|start_header_id|>",
           "<|end_header_id|>", "<|eot_id|>", "</s>"]
SIZE = 512

# GPT-2's pre-tokenizer, as far as ASCII goes.
WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+")


def letters():
    """The letter that stands for each byte, as GPT-2 has it: printable ones are themselves."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + n) for n, byte in enumerate(others)}


def words(folder):
    """Every word of the texts as a list of letters, with how often it stands there."""
    counts = Counter()
    for name in ["records.jsonl", "test.jsonl"]:
        for line in (folder / name).read_text().splitlines():
            record = json.loads(line)
            texts = ["system\n", "user\n" + record["prompt"], "assistant\n" + record["completion"], "\n"]
            for text in texts:
                assert text.isascii()
                counts.update(WORDS.findall(text))
    return counts


def merges(counts, letter, wanted):
    """The pairs that are joined, in their order."""
    split = {word: [letter[byte] for byte in word.encode()] for word in counts}
    found = []
    while len(found) < wanted:
        pairs = Counter()
        for word, parts in split.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += counts[word]
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        found.append(best)
        for parts in split.values():
            index = 0
            while index + 1 < len(parts):
                if (parts[index], parts[index + 1]) == best:
                    parts[index:index + 2] = ["".join(best)]
                index += 1
    return found


def main(folder):
    letter = letters()
    found = merges(words(folder), letter, SIZE - len(CONTROL) - 256)
    vocabulary = list(letter[byte] for byte in range(256)) + ["".join(pair) for pair in found]
    assert len(set(vocabulary)) == SIZE - len(CONTROL)
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    tokenizer = {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [
            {"id": SIZE - len(CONTROL) + n, "content": text, "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": False, "special": True} for n, text in enumerate(CONTROL)],
        "normalizer": None, "pre_tokenizer": byte_level, "post_processor": byte_level, "decoder": byte_level,
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
            "vocab": {token: number for number, token in enumerate(vocabulary + CONTROL)},
            "merges": [" ".join(pair) for pair in found]}}
    configuration = {
        "add_bos_token": False, "add_prefix_space": False, "bos_token": CONTROL[0], "eos_token": CONTROL[2],
        "clean_up_tokenization_spaces": False, "model_max_length": 64, "tokenizer_class": "GPT2Tokenizer"}
    for name, value in [("tokenizer.json", tokenizer), ("tokenizer_config.json", configuration)]:
        text = json.dumps(value, ensure_ascii=False, indent=1)
        (folder / "backbone" / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
