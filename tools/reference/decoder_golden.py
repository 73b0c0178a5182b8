"""Makes the golden fixtures of causal models with PyTorch, transformers and PEFT.

    decoder_golden.py OUT_DIR

Every case runs in binary64 and in binary32. The fixtures hold the binary64 results, rounded once. transformers
computes RMSNorm in binary32 whatever the model's type is; here it is computed in the model's own. The angles of
rotary embeddings stay in binary32, as the weights were trained with them.
"""

import hashlib
import json
import pathlib
import sys
import types

import numpy as np
import torch
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.numpy import save_file
from transformers import AutoModelForCausalLM

from decoder_tiny import TINY_MODELS, VOCABULARY, make_tiny_model

BETAS, EPSILON, WEIGHT_DECAY, RATE, STEPS = (0.9, 0.999), 1e-8, 0.01, 1e-3, 10
RANK, ALPHA, LAYERS = 4, 8, [1, 2]
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]
FEED_FORWARD = ["gate_proj", "up_proj", "down_proj"]

# Records of a batch: (tokens, of them the prompt's).
RECORDS = [(6, 2), (15, 9), (23, 12)]


def adapters(model):
    """The two adapters of a model: (matrices, weight of the prompts' tokens in the loss) by name."""
    if "gpt2" in model:
        few, all_linear = ["c_attn"], ["c_attn", "attn.c_proj", "c_fc", "mlp.c_proj"]
    else:
        few, all_linear = ["q_proj", "v_proj"], ATTENTION + FEED_FORWARD
    return {"few": (few, 0.0), "all": (all_linear, 0.5)}


def own_precision(module, states):
    """RMSNorm in the type of what it is given."""
    scale = torch.rsqrt(states.pow(2).mean(-1, keepdim=True) + module.variance_epsilon)
    return module.weight * (states * scale)


def backbone(folder, dtype):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="sdpa").to(dtype)
    if dtype == torch.float64:
        for module in model.modules():
            if type(module).__name__.endswith("RMSNorm"):
                module.forward = types.MethodType(own_precision, module)
    return model.eval()


def build(folder, targets, dtype):
    """The model with LoRA in its upper layers, and its trainable tensors by the name under which PEFT saves them."""
    config = LoraConfig(
        r=RANK, lora_alpha=ALPHA, lora_dropout=0.0, target_modules=targets, layers_to_transform=LAYERS,
        fan_in_fan_out="c_attn" in targets, task_type="CAUSAL_LM")
    model = get_peft_model(backbone(folder, dtype), config).to(dtype).eval()
    parameters = {
        name.replace(".default", ""): parameter
        for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert set(get_peft_model_state_dict(model)) == set(parameters), "PEFT saves other tensors than it trains"
    assert len(parameters) == 2 * len(targets) * len(LAYERS), "PEFT trains other tensors than meant"
    return model, parameters


def initial_tensors(parameters, seed):
    """Random in A and B alike: with PEFT's own B = 0 no gradient would reach A."""
    generator = np.random.default_rng(seed)
    tensors = {}
    for name in sorted(parameters):
        shape = tuple(parameters[name].shape)
        scale = 0.1 if "lora_B" in name else 1.0 / np.sqrt(shape[1])
        tensors[name] = (generator.standard_normal(shape) * scale).astype(np.float32)
    return tensors


def logits(model, tokens):
    """One record at a time: no padding, so that no mask can leak. (tokens of all records, vocabulary)"""
    return torch.cat([model(input_ids=torch.tensor([ids])).logits[0] for ids in tokens])


def losses_of(rows, tokens, prompts):
    """The mean of -log p over the tokens of all completions, and over those of all prompts that have one before."""
    parts, start = {"completion": [], "prompt": []}, 0
    for ids, prompt in zip(tokens, prompts):
        log_p = torch.log_softmax(rows[start:start + len(ids) - 1], dim=-1)
        chosen = -log_p.gather(1, torch.tensor(ids[1:])[:, None])[:, 0]
        parts["prompt"].append(chosen[:prompt - 1])
        parts["completion"].append(chosen[prompt - 1:])
        start += len(ids)
    return torch.cat(parts["completion"]).mean(), torch.cat(parts["prompt"]).mean()


def array(tensor):
    return tensor.detach().double().numpy().copy()


def run(folder, targets, weight, records, initial, dtype):
    """Every result of an adapter in one precision, as binary64 arrays."""
    model, parameters = build(folder, targets, dtype)
    tokens, prompts = records
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(torch.from_numpy(initial[name]))
    optimizer = torch.optim.AdamW(
        parameters.values(), lr=RATE, betas=BETAS, eps=EPSILON, weight_decay=WEIGHT_DECAY, foreach=False)
    losses, gradients, outputs = [], {}, {}
    for step in range(STEPS):
        optimizer.zero_grad()
        rows = logits(model, tokens)
        completion, prompt = losses_of(rows, tokens, prompts)
        loss = completion + weight * prompt
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            outputs = {"logits": array(rows)}
            gradients = {name: array(p.grad) for name, p in parameters.items()}
            assert all(np.abs(g).max() > 0 for g in gradients.values()), "a gradient is zero everywhere"
        optimizer.step()
    after = {name: array(p) for name, p in parameters.items()}
    return dict(outputs=outputs, gradients=gradients, after=after, losses=losses)


def relative_error(found, truth):
    """The largest difference, relative to the largest true value, of the worst tensor."""
    return max(np.abs(found[n] - truth[n]).max() / np.abs(truth[n]).max() for n in truth)


def write_tensors(path, content):
    save_file({n: np.ascontiguousarray(t, dtype=np.float32) for n, t in content.items()}, path,
              metadata={"format": "pt"})


def write_json(path, fields):
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in fields.items())
    path.write_text("{\n" + lines + "\n}\n")


def write_model(name, seed, out):
    folder = make_tiny_model(name, seed, out / name / "model")
    generator = np.random.default_rng(1000 + seed)
    tokens = [[int(t) for t in generator.integers(2, VOCABULARY, count)] for count, _ in RECORDS]
    prompts = [prompt for _, prompt in RECORDS]
    with torch.no_grad():
        bare = {dtype: array(logits(backbone(folder, dtype), tokens)) for dtype in (torch.float64, torch.float32)}
    worst = np.abs(bare[torch.float64] - bare[torch.float32]).max()
    print(f"{name}: logits to {np.abs(bare[torch.float64]).max():.2f}, binary32 {worst:.1e}")
    write_tensors(out / name / "outputs.safetensors", {"logits": bare[torch.float64]})
    write_json(out / name / "model.json", {
        "model_sha256": hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest(),
        "tokens": tokens, "prompts": prompts, "float32_error": worst})
    for index, (adapter, (targets, weight)) in enumerate(adapters(name).items()):
        initial = initial_tensors(build(folder, targets, torch.float64)[1], 100 * seed + index)
        truth, single = (
            run(folder, targets, weight, (tokens, prompts), initial, dtype)
            for dtype in (torch.float64, torch.float32))
        error = {kind: relative_error(single[kind], truth[kind]) for kind in ("outputs", "gradients", "after")}
        error["losses"] = max(abs(a - b) for a, b in zip(single["losses"], truth["losses"]))
        print(f"  {adapter}: losses {truth['losses'][0]:.6f}..{truth['losses'][-1]:.6f}, binary32 "
              + ", ".join(f"{k} {v:.1e}" for k, v in error.items()))
        target = out / name / adapter
        target.mkdir(parents=True, exist_ok=True)
        write_json(target / "case.json", {
            "rank": RANK, "alpha": ALPHA, "target_modules": targets, "layers": LAYERS, "prompt_weight": weight,
            "learning_rate": RATE, "weight_decay": WEIGHT_DECAY, "beta1": BETAS[0], "beta2": BETAS[1],
            "epsilon": EPSILON, "steps": STEPS, "losses": truth["losses"], "float32_error": error})
        for kind, content in {**truth, "initial": initial}.items():
            if kind != "losses":
                write_tensors(target / f"{kind}.safetensors", content)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: decoder_golden.py OUT_DIR")
    torch.set_num_threads(1)
    for seed, name in enumerate(TINY_MODELS, start=21):
        write_model(name, seed, pathlib.Path(sys.argv[1]))
