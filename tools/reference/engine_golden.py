"""Makes the golden fixtures of the engine with PyTorch, transformers and PEFT.

    engine_golden.py MODEL_DIR OUT_DIR

MODEL_DIR is the folder of all-MiniLM-L6-v2; the tiny models are made here. Every case runs twice, in
binary64 and in binary32. The fixtures hold the binary64 results, rounded once: they are nearer to the
truth than any binary32 run, so the engine's distance to them is its own error. The distance of the
binary32 run is printed and kept in case.json, as the yardstick for that error.
"""

import hashlib
import json
import pathlib
import sys

import numpy as np
import torch
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.numpy import save_file
from transformers import AutoModel, BertTokenizerFast

from engine_tiny import TINY_MODELS, make_tiny_model

BETAS, EPSILON, WEIGHT_DECAY = (0.9, 0.999), 1e-8, 0.01

# The names that the fixtures use (BERT's, as PEFT writes them), and DistilBERT's for the same matrix.
MATRICES = {
    "query": ("attention.self.query", "attention.q_lin"),
    "key": ("attention.self.key", "attention.k_lin"),
    "value": ("attention.self.value", "attention.v_lin"),
    "attention.output": ("attention.output.dense", "attention.out_lin"),
    "intermediate": ("intermediate.dense", "ffn.lin1"),
    "output": ("output.dense", "ffn.lin2"),
}
ALL = list(MATRICES)

TEXTS = [
    "The ferry leaves at noon.",
    "",  # [CLS] [SEP] alone: the shortest record there can be
    "I returned the kettle because its lid never closed, and nobody at the shop asked a single question.",
    "Rain again",
    "After three weeks of headaches the doctor lowered my dose by half; since then I sleep through the night, "
    "eat normally and, to my own surprise, have started running along the canal every morning.",
    "Terrible service!!! We waited 50 minutes for cold soup.",
]

CASES = {
    "lora-all": dict(
        pooling="mean", labels=3, rank=2, alpha=4, targets_in=ALL, layers=range(6),
        texts=TEXTS[:5], targets=[0, 2, 1, 1, 2], steps=10, seed=1, rates=(1e-3, 1e-2)),
    "lora-top2-qv": dict(
        pooling="cls", labels=4, rank=8, alpha=16, targets_in=["query", "value"], layers=[4, 5],
        texts=TEXTS, targets=[3, 0, 1, 2, 3, 0], steps=10, seed=2, rates=(2e-3, 1e-2)),
    "head-only": dict(
        pooling="mean", labels=7, rank=0, alpha=0, targets_in=[], layers=[],
        texts=TEXTS, targets=[6, 5, 4, 3, 1, 0], steps=10, seed=3, rates=(1e-3, 1e-2)),
    "pooler": dict(
        pooling="pooler", labels=2, rank=2, alpha=4, targets_in=["value"], layers=[5],
        texts=TEXTS[:4], targets=[1, 0, 0, 1], steps=0, seed=4, rates=(1e-3, 1e-2)),
}
TINY_CASE = dict(
    pooling="mean", labels=3, rank=2, alpha=4, targets_in=ALL, layers=range(2),
    texts=["the small cat was sleeping under a table.", "", "dogs played, birds sang!"],
    targets=[2, 0, 1], steps=0, rates=(1e-3, 1e-2))


class Classifier(torch.nn.Module):
    """An encoder, a pooling and a linear head; PEFT wraps it as it would any model."""

    def __init__(self, folder, pooling, labels, dtype):
        super().__init__()
        self.bert = AutoModel.from_pretrained(folder, attn_implementation="eager", torch_dtype=torch.float32)
        self.classifier = torch.nn.Linear(self.bert.config.hidden_size, labels)
        self.pooling = pooling
        self.to(dtype)

    def hidden(self, ids):
        return self.bert(input_ids=torch.tensor([ids])).last_hidden_state[0]  # (tokens, hidden)

    def pooled(self, ids):
        if self.pooling == "pooler":
            return self.bert(input_ids=torch.tensor([ids])).pooler_output[0]
        hidden = self.hidden(ids)
        return hidden[0] if self.pooling == "cls" else hidden.mean(dim=0)

    def forward(self, records):
        """One record at a time: no padding, so that no mask can leak."""
        return self.classifier(torch.stack([self.pooled(ids) for ids in records]))


def generic(name):
    """The fixture's name of a tensor that PEFT named."""
    name = name.replace("bert.transformer.layer", "bert.encoder.layer")
    for bert, distilbert in MATRICES.values():
        name = name.replace(distilbert + ".lora_", bert + ".lora_")
    return name


def build(folder, case, dtype):
    """The model of a case, all of it frozen except adapter and head; and its trainable tensors by name."""
    torch.manual_seed(0)
    model = Classifier(folder, case["pooling"], case["labels"], dtype)
    if case["rank"] == 0:
        model.bert.requires_grad_(False)
        prefix = "base_model.model."
        return model.eval(), {prefix + n: p for n, p in model.named_parameters() if p.requires_grad}
    spelled = "|".join(name.replace(".", r"\.") for t in case["targets_in"] for name in MATRICES[t])
    layers = "|".join(str(i) for i in case["layers"])
    config = LoraConfig(
        r=case["rank"], lora_alpha=case["alpha"], lora_dropout=0.0, modules_to_save=["classifier"],
        target_modules=rf"bert\.(?:encoder|transformer)\.layer\.(?:{layers})\.(?:{spelled})")
    model = get_peft_model(model, config).to(dtype)
    parameters = {
        generic(name.replace(".modules_to_save", "").replace(".default", "")): parameter
        for name, parameter in model.named_parameters() if parameter.requires_grad}
    saved = {generic(name) for name in get_peft_model_state_dict(model)}
    expected = len(case["targets_in"]) * len(case["layers"]) * 2 + 2
    assert saved == set(parameters) and len(saved) == expected, "PEFT trains or saves other tensors than meant"
    return model.eval(), parameters


def initial_tensors(parameters, seed):
    """Random in A, B and head alike: with PEFT's own B = 0 no gradient would reach A."""
    generator = np.random.default_rng(seed)
    tensors = {}
    for name in sorted(parameters):
        shape = tuple(parameters[name].shape)
        scale = 0.5 if name.endswith("bias") else 1.0 / np.sqrt(shape[1]) if "lora_B" not in name else 0.05
        tensors[name] = (generator.standard_normal(shape) * scale).astype(np.float32)
    return tensors


def run(folder, case, tokens, initial, dtype):
    """Every result of a case in one precision, as binary64 arrays."""
    model, parameters = build(folder, case, dtype)
    assert not any(module.training for module in model.modules()), "dropout is on"
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(torch.from_numpy(initial[name]))
    lora = [p for n, p in parameters.items() if "lora_" in n]
    head = [p for n, p in parameters.items() if "lora_" not in n]
    groups = [{"params": head, "lr": case["rates"][1]}]
    if lora:
        groups.append({"params": lora, "lr": case["rates"][0]})
    optimizer = torch.optim.AdamW(groups, betas=BETAS, eps=EPSILON, weight_decay=WEIGHT_DECAY, foreach=False)
    targets = torch.tensor(case["targets"])
    array = lambda tensor: tensor.detach().double().numpy().copy()

    bare = model.get_base_model() if case["rank"] else model
    with torch.no_grad():
        outputs = {
            "hidden": array(torch.cat([bare.hidden(ids) for ids in tokens])),
            "embeddings": array(bare.bert.embeddings(torch.tensor([tokens[0]]))[0]),
            "pooled": array(torch.stack([bare.pooled(ids) for ids in tokens])),
        }
    losses, gradients = [], {}
    for step in range(max(case["steps"], 1)):
        optimizer.zero_grad()
        logits = model(tokens)
        loss = torch.nn.functional.cross_entropy(logits, targets)
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            outputs["logits"] = array(logits)
            gradients = {name: array(p.grad) for name, p in parameters.items()}
            assert all(np.abs(g).max() > 0 for g in gradients.values()), "a gradient is zero everywhere"
        if case["steps"]:
            optimizer.step()
    after = {name: array(p) for name, p in parameters.items()} if case["steps"] else {}
    return dict(outputs=outputs, gradients=gradients, after=after, losses=losses, model=bare)


def relative_error(found, truth):
    """The largest difference, relative to the largest true value, of the worst tensor."""
    return max((np.abs(found[n] - truth[n]).max() / np.abs(truth[n]).max() for n in truth), default=0.0)


def check_packing(model, tokens):
    """Records padded into one batch, or packed into one row under a block-diagonal mask, give what each gives alone."""
    with torch.no_grad():
        alone = torch.cat([model.hidden(ids) for ids in tokens]).numpy()
    width = max(map(len, tokens))
    ids = torch.tensor([t + [0] * (width - len(t)) for t in tokens])
    mask = torch.tensor([[1] * len(t) + [0] * (width - len(t)) for t in tokens])
    with torch.no_grad():
        padded = model.bert(input_ids=ids, attention_mask=mask).last_hidden_state
    differences = [np.abs(torch.cat([padded[i, : len(t)] for i, t in enumerate(tokens)]).numpy() - alone).max()]
    if model.bert.config.model_type != "distilbert":
        record = torch.tensor([i for i, t in enumerate(tokens) for _ in t])
        with torch.no_grad():
            packed = model.bert(
                input_ids=torch.tensor([sum(tokens, [])]),
                position_ids=torch.tensor([[p for t in tokens for p in range(len(t))]]),
                attention_mask=(record[:, None] == record[None, :])[None].long()).last_hidden_state[0]
        differences.append(np.abs(packed.numpy() - alone).max())
    assert max(differences) < 1e-12, f"packing changes the result by {max(differences)}"
    return max(differences)


def write_case(name, folder, model_field, case, out):
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), do_lower_case=True)
    tokens = [tokenizer(text)["input_ids"] for text in case["texts"]]
    initial = initial_tensors(build(folder, case, torch.float64)[1], case["seed"])
    truth = run(folder, case, tokens, initial, torch.float64)
    single = run(folder, case, tokens, initial, torch.float32)
    packing = check_packing(truth["model"], tokens)
    error = {kind: relative_error(single[kind], truth[kind]) for kind in ("outputs", "gradients", "after")}
    error["logits"] = relative_error({"": single["outputs"]["logits"]}, {"": truth["outputs"]["logits"]})
    error["losses"] = max(abs(a - b) for a, b in zip(single["losses"], truth["losses"]))
    print(f"{name}: {[len(t) for t in tokens]} tokens, losses {truth['losses'][0]:.6f}..{truth['losses'][-1]:.6f}, "
          f"packing {packing:.1e}, binary32 " + ", ".join(f"{k} {v:.1e}" for k, v in error.items()))

    target = out / name
    target.mkdir(parents=True, exist_ok=True)
    description = {
        "model": model_field,
        "model_sha256": hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest(),
        "pooling": case["pooling"], "labels": case["labels"], "rank": case["rank"], "alpha": case["alpha"],
        "target_modules": case["targets_in"], "layers": list(case["layers"]),
        "texts": case["texts"], "tokens": tokens, "targets": case["targets"],
        "learning_rate": case["rates"][0], "head_learning_rate": case["rates"][1],
        "weight_decay": WEIGHT_DECAY, "beta1": BETAS[0], "beta2": BETAS[1], "epsilon": EPSILON,
        "steps": case["steps"], "losses": truth["losses"], "float32_error": error,
    }
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in description.items())
    (target / "case.json").write_text("{\n" + lines + "\n}\n")
    tensors = {kind: truth[kind] for kind in ("outputs", "gradients", "after")} | {"initial": initial}
    for kind, content in tensors.items():
        if content:
            save_file({n: np.ascontiguousarray(t, dtype=np.float32) for n, t in content.items()},
                      target / f"{kind}.safetensors", metadata={"format": "pt"})


def main(model_folder, out):
    torch.set_num_threads(1)
    for name, case in CASES.items():
        write_case(name, model_folder, "minilm-l6", case, out)
    for seed, name in enumerate(TINY_MODELS, start=11):
        folder = make_tiny_model(name, seed, out / name / "model")
        write_case(name, folder, "model", TINY_CASE | {"seed": seed}, out)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: engine_golden.py MODEL_DIR OUT_DIR")
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
