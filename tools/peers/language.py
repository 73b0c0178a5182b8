#!/usr/bin/env python3
"""LoRA training and greedy decoding of a causal model with PyTorch, transformers and PEFT.

Written as somebody who knows these libraries would: batches of like lengths, logits only where a token is scored, no gradient
below the lowest adapted layer. Rank 8 on query and value, AdamW; real tokens are counted, padding is not. Texts are tokenized
before the clock starts. Prints one JSON object with `tokens_per_second` and `peak_mib`. Needs torch, transformers and peft,
for a GGUF file gguf too.

    tools/peers/language.py --backbone DIR_OR_GGUF --data FILE --layers 8 --threads 2
    tools/peers/language.py --backbone DIR_OR_GGUF --decode 64 --streams 16 --threads 2
"""

import argparse
import json
import os
import random
import resource
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

ASKED = "Tell me about the sea."


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backbone", required=True)
    parser.add_argument("--data", help="JSON Lines")
    parser.add_argument("--prompt", default="question", help="the column of the prompts")
    parser.add_argument("--completion", default="answer", help="the column of the completions")
    parser.add_argument("--layers", default="all", help="`all`, or how many of the top layers adapt")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--records", type=int, default=1600)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--bf16", action="store_true", help="products in bfloat16")
    parser.add_argument("--decode", type=int, default=0, help="decode so many tokens, and do not train")
    parser.add_argument("--streams", type=int, default=1, help="texts that are decoded at once")
    options = parser.parse_args()
    if not options.decode and not options.data:
        parser.error("training needs --data")
    return options


def load(options):
    folder, where = options.backbone, {}
    if folder.endswith(".gguf"):
        folder, name = os.path.split(os.path.abspath(folder))
        where = {"gguf_file": name}
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **where)
    return model, AutoTokenizer.from_pretrained(folder, **where)


def conversation(tokenizer, question):
    turns = [{"role": "user", "content": question}]
    return tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)


def decode(options, model, tokenizer):
    model.eval()
    if options.bf16:
        model = model.to(torch.bfloat16)
    texts = [conversation(tokenizer, ASKED)] * options.streams
    ids = tokenizer(texts, add_special_tokens=False, return_tensors="pt")

    def run(count):
        start = time.perf_counter()
        with torch.no_grad():
            model.generate(**ids, min_new_tokens=count, max_new_tokens=count, do_sample=False)
        return time.perf_counter() - start

    run(2)
    # What it takes to read the prompt is in both.
    few = max(1, options.decode // 4)
    seconds = run(few + options.decode) - run(few)
    return options.decode * options.streams / seconds


class Trainer:
    def __init__(self, options, model, tokenizer):
        layers = model.config.num_hidden_layers
        first = 0 if options.layers == "all" else layers - int(options.layers)
        config = LoraConfig(
            task_type="CAUSAL_LM", r=8, lora_alpha=16, lora_dropout=0.0, target_modules=["q_proj", "v_proj"],
            layers_to_transform=list(range(first, layers)))
        model = get_peft_model(model, config).train()
        self.bare = model.base_model.model
        self.padding = tokenizer.pad_token_id or 0
        self.bf16 = options.bf16
        trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(trained, lr=1e-3)

    def step(self, records):
        """One step; the tokens of the records."""
        width = max(len(prompt) + len(completion) for prompt, completion in records)
        ids = torch.full((len(records), width), self.padding)
        mask = torch.zeros(len(records), width, dtype=torch.long)
        scored, targets = [], []
        for row, (prompt, completion) in enumerate(records):
            count = len(prompt) + len(completion)
            ids[row, :count] = torch.tensor(prompt + completion)
            mask[row, :count] = 1
            start = row * width + len(prompt) - 1
            scored += range(start, start + len(completion))
            targets += completion
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bf16):
            hidden = self.bare.model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
            logits = self.bare.lm_head(hidden.flatten(0, 1)[torch.tensor(scored)])
        torch.nn.functional.cross_entropy(logits.float(), torch.tensor(targets)).backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        return int(mask.sum())


def batches(options, tokenizer):
    end = tokenizer.eos_token_id
    records = []
    with open(options.data) as file:
        for line in file:
            record = json.loads(line)
            prompt = tokenizer(conversation(tokenizer, record[options.prompt]), add_special_tokens=False).input_ids
            completion = tokenizer(record[options.completion], add_special_tokens=False).input_ids
            records.append((prompt, completion + [end]))
            if len(records) == options.records:
                break
    records.sort(key=lambda record: len(record[0]) + len(record[1]))
    found = [records[start:start + options.batch] for start in range(0, len(records), options.batch)]
    random.Random(0).shuffle(found)
    return found


def train(options, model, tokenizer):
    work = batches(options, tokenizer)
    trainer = Trainer(options, model, tokenizer)
    for records in work[:3]:
        trainer.step(records)
    start, tokens, done = time.perf_counter(), 0, 3
    while time.perf_counter() - start < options.seconds:
        tokens += trainer.step(work[done % len(work)])
        done += 1
    return tokens / (time.perf_counter() - start)


def main():
    logging.set_verbosity_error()
    options = arguments()
    torch.set_num_threads(options.threads)
    model, tokenizer = load(options)
    speed = decode(options, model, tokenizer) if options.decode else train(options, model, tokenizer)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"program": "peer", "tokens_per_second": speed, "peak_mib": peak}))


if __name__ == "__main__":
    main()
