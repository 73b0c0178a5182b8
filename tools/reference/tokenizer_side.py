"""Writes Tests/EngineTests/Fixtures/tokenizer/side.json: what the reference makes of folders with side files.

A folder with vocab.txt, tokenizer_config.json and the files of each case is read by AutoTokenizer of transformers 5.24, both the slow and
the fast one, which must agree.

Usage: python tools/reference/tokenizer_side.py
"""

import json
import pathlib
import tempfile

from transformers import AutoTokenizer

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[E5]", "hello", "world", "zor", "##gon", "##42", "qux", "mul", "##ler",
         "[", "]", "e", "##1", "##5", "e1", "e5", "a", "b", "x", "eats"]
TEXTS = ["hello [E1] world", "Zorgon42 eats ZORGON42 x", "a [E1]b", "a [e1] x", "a [E5] b", "a [e5] b", "Qux qux", "hello[MASK]world", "Müller"]
LAST = len(WORDS)
CASES = {
    "plain": {},
    "added": {"added_tokens.json": {"zorgon42": LAST, "Qux": LAST + 1}},
    "special": {"added_tokens.json": {"[E1]": LAST}, "special_tokens_map.json": {"additional_special_tokens": ["[E1]"]}},
    "known": {"special_tokens_map.json": {"additional_special_tokens": ["[E5]"]}},
    "configured": {"added_tokens.json": {"[E1]": LAST}, "tokenizer_config.json": {"additional_special_tokens": ["[E1]"]}},
}


def main():
    out = {"words": WORDS, "texts": TEXTS, "cases": []}
    for name, files in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "vocab.txt").write_text("".join(word + "\n" for word in WORDS))
            (root / "config.json").write_text(json.dumps({"model_type": "bert"}))
            config = {"tokenizer_class": "BertTokenizer", "do_lower_case": True} | files.get("tokenizer_config.json", {})
            written = {"tokenizer_config.json": config} | {key: value for key, value in files.items() if key != "tokenizer_config.json"}
            for file, content in written.items():
                (root / file).write_text(json.dumps(content))
            answers = [
                [AutoTokenizer.from_pretrained(folder, use_fast=fast)(text)["input_ids"] for text in TEXTS] for fast in (False, True)
            ]
            assert answers[0] == answers[1], name
            out["cases"].append({"name": name, "files": {key: json.dumps(value) for key, value in written.items()}, "ids": answers[0]})
    target = pathlib.Path(__file__).parents[2] / "Tests/EngineTests/Fixtures/tokenizer/side.json"
    target.write_text(json.dumps(out, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
