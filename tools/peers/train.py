#!/usr/bin/env python3
"""LoRA training with PyTorch and PEFT, measured as `bench step` measures ours.

Rank 8 on query and value, AdamW, dynamic padding; real tokens are counted, padding is not. Texts are tokenized before the clock
starts. Prints one JSON object with `tokens_per_second`. Needs torch, transformers and peft.

    bench step --backbone DIR --data FILE --text COLUMN --threads 2 \\
      --peer "python3 tools/peers/train.py --backbone DIR --data FILE --text COLUMN --threads 2"
"""

import argparse
import csv
import json
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backbone", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--text", default="text")
    parser.add_argument("--layers", default="all", help="`all`, or how many of the top layers adapt")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--labels", type=int, default=77)
    parser.add_argument("--max-tokens", type=int, default=128)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=20)
    return parser.parse_args()


def adapted(options):
    model = AutoModelForSequenceClassification.from_pretrained(options.backbone, num_labels=options.labels)
    layers = model.config.num_hidden_layers
    top = layers if options.layers == "all" else int(options.layers)
    config = LoraConfig(
        task_type="SEQ_CLS", r=8, lora_alpha=16, target_modules=["query", "value"],
        layers_to_transform=list(range(layers - top, layers)),
    )
    return get_peft_model(model, config)


def batches(options, texts, tokenizer):
    encoded = [tokenizer(text, truncation=True, max_length=options.max_tokens)["input_ids"] for text in texts]
    for start in range(0, len(encoded) - options.batch + 1, options.batch):
        part = encoded[start : start + options.batch]
        padded = tokenizer.pad({"input_ids": part}, return_tensors="pt")
        padded["labels"] = torch.arange(start, start + options.batch) % options.labels
        yield padded, sum(len(ids) for ids in part)


def main():
    logging.set_verbosity_error()
    options = arguments()
    torch.set_num_threads(options.threads)
    with open(options.data, newline="") as file:
        rows = csv.DictReader(file, delimiter="\t" if options.data.endswith(".tsv") else ",")
        texts = [row[options.text] for row in rows][: options.records]
    model = adapted(options)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4)
    work = list(batches(options, texts, AutoTokenizer.from_pretrained(options.backbone)))

    def step(batch):
        optimizer.zero_grad()
        model(**batch).loss.backward()
        optimizer.step()

    for batch, _ in work[:4]:
        step(batch)
    start, tokens, done = time.perf_counter(), 0, 0
    while time.perf_counter() - start < options.seconds:
        batch, count = work[done % len(work)]
        step(batch)
        tokens += count
        done += 1
    print(json.dumps({"program": "peer", "tokens_per_second": tokens / (time.perf_counter() - start)}))


if __name__ == "__main__":
    main()
