#!/usr/bin/env python3
"""Writes Tests/EngineTests/Fixtures/tokenizer/byte-pairs: small byte pair encodings of every form, and what the reference library (PyPI
"tokenizers" 0.23.3) makes of texts with each.

A folder a form, with a tokenizer.json of some hundred tokens that were learned from this file and from the nasty texts of
tokenizer_golden.py; and golden.json: by form the ids of each text with special tokens as text, the ids with special tokens parsed where
they are others, and the text of the latter where it is another one.

Usage: python tools/reference/byte_pairs_golden.py
"""

import json
import pathlib

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from tokenizer_golden import nasty_texts

OUT = pathlib.Path(__file__).parents[2] / "Tests/EngineTests/Fixtures/tokenizer/byte-pairs"
REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + REST
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}" + REST
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
LLAMA3_CONTROL = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
TEXTS = [
    "I'm sure they'll say it's fine; WE'LL see. It'S 'ſ x'Ve", "1,234.5 and 1234567 ١٢٣ ³ Ⅷ ½", "a\tb\r\nc \n\n  d \r\n\r\n", "x\u0085y\u00a0z\u3000w",
    "   trailing   ", "é vs e\u0301", "<|im_start|>user\nhi<|im_end|>\n", "<s> </s> <unk> <0x0A> [MASK]", "a  <|pad|>  b <|pad|>", "▁ Ġ ▁▁x",
    " " * 70 + "x" + " " * 3, "ab" * 60, "the the the", "", " ", "日本語 テスト", "😀👍🏽 👩‍👩‍👧", "def f(x):\n    return x + 1\n", "𞗐𖵀 \U00011de0\U00016ff4",
]


def split(expression):
    return pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(expression), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )


def byte_level(splitter, control, corpus, normalizer=None, **options):
    tokenizer = Tokenizer(models.BPE(**options))
    tokenizer.pre_tokenizer = splitter
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    trainer = trainers.BpeTrainer(
        vocab_size=640, special_tokens=control, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.add_tokens([AddedToken("<|pad|>", normalized=False, lstrip=True, rstrip=True), AddedToken("Zorgon", normalized=True)])
    return tokenizer


def characters(corpus, metaspace):
    tokens = ["<unk>", "<s>", "</s>"] + ["<0x%02X>" % byte for byte in range(256)]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    spaces = pre_tokenizers.Metaspace("▁", prepend_scheme="first", split=False)
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    # Learned on words; the merges are the same.
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    trainer = trainers.BpeTrainer(vocab_size=700, special_tokens=tokens, limit_alphabet=120, show_progress=False)
    tokenizer.train_from_iterator(corpus, trainer)
    written = json.loads(tokenizer.to_str())
    written["pre_tokenizer"] = None
    for token in written["added_tokens"]:
        token["normalized"] = False
    written["added_tokens"] = written["added_tokens"][:3]
    tokenizer = Tokenizer.from_str(json.dumps(written))
    if metaspace:
        tokenizer.normalizer = None
        tokenizer.pre_tokenizer = spaces
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A", special_tokens=[("<s>", 1)])
    return tokenizer


def main():
    texts = TEXTS + [text for text in nasty_texts() if len(text) < 400]
    corpus = pathlib.Path(__file__).read_text().splitlines() + texts
    gpt2 = pre_tokenizers.ByteLevel(add_prefix_space=False)
    digits = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), gpt2])
    forms = {
        "gpt-2": byte_level(gpt2, CONTROL[:1], corpus),
        "smollm": byte_level(digits, CONTROL, corpus),
        "qwen2": byte_level(split(QWEN2), CONTROL, corpus, normalizers.NFC()),
        "llama-3": byte_level(split(LLAMA3), LLAMA3_CONTROL, corpus, ignore_merges=True),
        "llama-2": characters(corpus, False),
        "metaspace": characters(corpus, True),
    }
    golden = {"texts": texts, "forms": {}}
    for name, tokenizer in forms.items():
        folder = OUT / name
        folder.mkdir(parents=True, exist_ok=True)
        written = json.loads(tokenizer.to_str())
        if name != "gpt-2":
            # The older spelling of merges, which most files have.
            written["model"]["merges"] = [" ".join(merge) for merge in written["model"]["merges"]]
        (folder / "tokenizer.json").write_text(json.dumps(written, ensure_ascii=False, separators=(",", ":")) + "\n")
        tokenizer.encode_special_tokens = True
        plain = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
        tokenizer.encode_special_tokens = False
        parsed = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
        decoded = [tokenizer.decode(ids, skip_special_tokens=True) for ids in parsed]
        # What is as one would think is left out: parsed as the plain text, decoded as the text was.
        golden["forms"][name] = {
            "plain": plain,
            "parsed": [ids if ids != other else None for ids, other in zip(parsed, plain)],
            "decoded": [text if text != other else None for text, other in zip(decoded, texts)],
        }
    (OUT / "golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
