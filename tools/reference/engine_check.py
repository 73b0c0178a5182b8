"""Checks the golden fixtures of the engine without PyTorch.

    engine_check.py FIXTURES [MODEL_DIR]

A forward pass written again in numpy, in binary64, must give the fixtures' logits and first loss; and central
differences of that loss must give the fixtures' gradients, at the largest element of every trainable tensor and
at one taken at random. Cases of all-MiniLM-L6-v2 are skipped unless MODEL_DIR, its folder, is given.
"""

import json
import math
import pathlib
import sys

import numpy as np
from safetensors.numpy import load_file

STEP = 1e-4
erf = np.vectorize(math.erf)
ACTIVATIONS = {
    "gelu": lambda x: x * 0.5 * (1 + erf(x / math.sqrt(2))),
    "gelu_new": lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "relu": lambda x: np.maximum(x, 0),
}
# DistilBERT's word for a part, and BERT's.
RENAMED = [
    ("transformer.layer", "encoder.layer"), ("attention.q_lin", "attention.self.query"),
    ("attention.k_lin", "attention.self.key"), ("attention.v_lin", "attention.self.value"),
    ("attention.out_lin", "attention.output.dense"), ("sa_layer_norm", "attention.output.LayerNorm"),
    ("ffn.lin1", "intermediate.dense"), ("ffn.lin2", "output.dense"), ("output_layer_norm", "output.LayerNorm")]


class Network:
    def __init__(self, folder, case, trainable):
        config = json.loads((folder / "config.json").read_text())
        self.heads = config.get("num_attention_heads") or config["n_heads"]
        self.layers = config.get("num_hidden_layers") or config["n_layers"]
        self.activation = ACTIVATIONS[config.get("hidden_act") or config["activation"]]
        self.epsilon = config.get("layer_norm_eps", 1e-12)
        self.case, self.trainable, self.frozen = case, trainable, {}
        for name, tensor in load_file(folder / "model.safetensors").items():
            name = name.removeprefix("bert.")
            for theirs, berts in RENAMED:
                name = name.replace(theirs, berts)
            self.frozen[name] = tensor.astype(np.float64)

    def linear(self, name, x):
        y = x @ self.frozen[name + ".weight"].T + self.frozen[name + ".bias"]
        lora = f"base_model.model.bert.{name}.lora_%s.weight"
        if lora % "A" in self.trainable:
            scale = self.case["alpha"] / self.case["rank"]
            y = y + scale * (x @ self.trainable[lora % "A"].T @ self.trainable[lora % "B"].T)
        return y

    def normalize(self, name, x):
        centred = x - x.mean(axis=1, keepdims=True)
        x = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + self.epsilon)
        return x * self.frozen[name + ".weight"] + self.frozen[name + ".bias"]

    def layer(self, name, x):
        split = lambda part: np.stack(np.split(self.linear(f"{name}.attention.self.{part}", x), self.heads, axis=1))
        query, key, value = split("query"), split("key"), split("value")  # (heads, tokens, width)
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[2])
        weights = np.exp(scores - scores.max(axis=2, keepdims=True))
        context = (weights / weights.sum(axis=2, keepdims=True)) @ value
        attended = self.linear(name + ".attention.output.dense", np.concatenate(list(context), axis=1))
        x = self.normalize(name + ".attention.output.LayerNorm", x + attended)
        inner = self.activation(self.linear(name + ".intermediate.dense", x))
        return self.normalize(name + ".output.LayerNorm", x + self.linear(name + ".output.dense", inner))

    def pooled(self, ids):
        x = self.frozen["embeddings.word_embeddings.weight"][ids]
        x = x + self.frozen["embeddings.position_embeddings.weight"][: len(ids)]
        if "embeddings.token_type_embeddings.weight" in self.frozen:
            x = x + self.frozen["embeddings.token_type_embeddings.weight"][0]
        x = self.normalize("embeddings.LayerNorm", x)
        for index in range(self.layers):
            x = self.layer(f"encoder.layer.{index}", x)
        if self.case["pooling"] == "mean":
            return x.mean(axis=0)
        return np.tanh(self.linear("pooler.dense", x[:1])[0]) if self.case["pooling"] == "pooler" else x[0]

    def logits(self):
        pooled = np.stack([self.pooled(ids) for ids in self.case["tokens"]])
        head = "base_model.model.classifier."
        return pooled @ self.trainable[head + "weight"].T + self.trainable[head + "bias"]

    def loss(self, logits):
        shifted = logits - logits.max(axis=1, keepdims=True)
        chosen = shifted[range(len(logits)), self.case["targets"]]
        return (np.log(np.exp(shifted).sum(axis=1)) - chosen).mean()

    def slope(self, name, index):
        kept, found = self.trainable[name][index], []
        for offset in (STEP, -STEP):
            self.trainable[name][index] = kept + offset
            found.append(self.loss(self.logits()))
        self.trainable[name][index] = kept
        return (found[0] - found[1]) / (2 * STEP)


def check(folder, model_folder):
    case = json.loads((folder / "case.json").read_text())
    trainable = {n: t.astype(np.float64) for n, t in load_file(folder / "initial.safetensors").items()}
    gradients = load_file(folder / "gradients.safetensors")
    network = Network(model_folder or folder / case["model"], case, trainable)
    logits = network.logits()
    off = np.abs(logits - load_file(folder / "outputs.safetensors")["logits"]).max()
    off_loss = abs(network.loss(logits) - case["losses"][0])
    generator, worst, names = np.random.default_rng(0), 0.0, sorted(gradients)
    if model_folder:  # a forward pass of a real model takes a while: a few tensors stand for all
        names = names[:: max(1, len(names) // 6)]
    for name in names:
        gradient = gradients[name]
        for flat in (int(np.abs(gradient).argmax()), int(generator.integers(gradient.size))):
            index = np.unravel_index(flat, gradient.shape)
            worst = max(worst, abs(network.slope(name, index) - gradient[index]) / np.abs(gradient).max())
    print(f"{folder.name}: logits {off:.1e}, loss {off_loss:.1e}, {2 * len(names)} slopes {worst:.1e}")
    return off < 2e-6 and off_loss < 1e-9 and worst < 1e-5


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: engine_check.py FIXTURES [MODEL_DIR]")
    minilm = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else None
    passed = []
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*/case.json")):
        own_model = (path.parent / "model").is_dir()
        if own_model or minilm:
            passed.append(check(path.parent, None if own_model else minilm))
    sys.exit(0 if passed and all(passed) else "the fixtures and the second implementation disagree")
