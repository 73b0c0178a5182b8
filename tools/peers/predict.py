#!/usr/bin/env python3
"""An ensemble of LoRA adapters with PyTorch and PEFT, measured as `bench predict` measures ours.

One model holds S adapters, each with a head of its own, and `set_adapter` switches between them: rank 8 on query and value of the
top two layers. Texts are sorted by length and padded to the longest of their batch; of the batch sizes 16, 64 and 256 the fastest
counts. Needs torch, transformers and peft. Prints a JSON array.

    bench predict --backbone DIR --data FILE --adapters lora --peer "python3 tools/peers/predict.py"
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
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--texts", type=int, default=1024)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--labels", type=int, default=77)
    parser.add_argument("--max-tokens", type=int, default=128)
    parser.add_argument("--shards", default="1,5")
    return parser.parse_args()


def ensemble(options, shards):
    model = AutoModelForSequenceClassification.from_pretrained(options.backbone, num_labels=options.labels)
    top = model.config.num_hidden_layers
    config = LoraConfig(
        r=8, lora_alpha=16, target_modules=["query", "value"], layers_to_transform=[top - 2, top - 1],
        modules_to_save=["classifier"])
    model = get_peft_model(model, config, adapter_name="0")
    for shard in range(1, shards):
        model.add_adapter(str(shard), config)
    torch.manual_seed(1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.uniform_(-0.05, 0.05)
    return model.eval()


def answers(model, tokenizer, texts, shards, batch, options):
    """The winning label of each text: the mean of all adapters' probabilities."""
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    labels = [0] * len(texts)
    with torch.inference_mode():
        for start in range(0, len(order), batch):
            part = order[start:start + batch]
            inputs = tokenizer(
                [texts[index] for index in part], padding=True, truncation=True, max_length=options.max_tokens,
                return_tensors="pt")
            total = 0
            for shard in range(shards):
                if shards > 1:
                    model.set_adapter(str(shard))
                total = total + torch.softmax(model(**inputs).logits, dim=-1)
            for index, label in zip(part, total.argmax(dim=-1).tolist()):
                labels[index] = label
    return labels


def main():
    options = arguments()
    logging.set_verbosity_error()
    torch.set_num_threads(options.threads)
    with open(options.data, newline="", encoding="utf-8") as file:
        dialect = {"delimiter": "\t"} if options.data.endswith(".tsv") else {}
        texts = [row[options.text] for row in csv.DictReader(file, **dialect)][:options.texts]
    tokenizer = AutoTokenizer.from_pretrained(options.backbone)
    rows = []
    for shards in map(int, options.shards.split(",")):
        model = ensemble(options, shards)
        answers(model, tokenizer, texts[:16], shards, 16, options)
        best = 0
        for batch in (16, 64, 256):
            start = time.perf_counter()
            answers(model, tokenizer, texts, shards, batch, options)
            best = max(best, len(texts) / (time.perf_counter() - start))
        calls = []
        for index in range(options.calls):
            start = time.perf_counter()
            answers(model, tokenizer, [texts[index % len(texts)]], shards, 1, options)
            calls.append(time.perf_counter() - start)
        calls.sort()
        rows.append({
            "program": "peer", "adapter": "lora", "shards": shards, "texts_per_second": best,
            "p50_ms": calls[len(calls) // 2] * 1e3, "p99_ms": calls[len(calls) * 99 // 100] * 1e3})
    for row in rows:
        row["ratio_to_one"] = rows[0]["texts_per_second"] / row["texts_per_second"] if rows[0]["shards"] == 1 else None
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
