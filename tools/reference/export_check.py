"""Checks that what `sisa export` writes of a causal model is what PEFT, vLLM and llama.cpp take.

    export_check.py SISA BACKBONE RECORDS

Trains one shard for a moment on RECORDS, JSON Lines with `question` and `answer`, and exports it. BACKBONE is a folder
with a tokenizer.json, or a GGUF file. The adapter is loaded with PEFT on the same weights, and log p of every scored
token compared with `sisa score`. The configuration is held to what vLLM refuses (its PEFTHelper), the GGUF adapter to
what llama.cpp reads (its llama_adapter_lora) and, tensor for tensor, to the other file.
"""

import argparse
import json
import pathlib
import re
import subprocess
import tempfile

import gguf
import numpy as np
import torch
from peft import PeftModel
from safetensors.numpy import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

TOLERANCE = 1e-4
# The last parts of names under which vLLM keeps adapters of these families.
VLLM_MODULES = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "c_attn", "c_proj", "c_fc"}
VLLM_RANK = 16  # what it takes without --max-lora-rank


RECIPE = """
task: generation
backbone: {backbone}
data: {{train: [{records}], columns: {{id: $row, prompt: question, completion: answer}}}}
template: plain
shards: 1
slices: 1
epochs: 2
adapter: {{rank: 4, alpha: 8, target_modules: all-linear, layers: {{top: 2}}}}
aggregation: mean
"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("sisa", "backbone", "records"):
        parser.add_argument(name, type=lambda text: pathlib.Path(text).resolve())
    return parser.parse_args()


def sisa(options, workspace, *words):
    command = [options.sisa, *words, "--workspace", workspace, "--json", "--quiet"]
    return json.loads(subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE).stdout)


def check_vllm(folder):
    fields = json.loads((folder / "adapter_config.json").read_text())
    assert {"r", "lora_alpha", "target_modules"} <= set(fields), "a field is missing that vLLM asks for"
    assert fields["modules_to_save"] is None and fields["bias"] == "none" and not fields["use_dora"]
    for name in load_file(folder / "adapter_model.safetensors"):
        found = re.fullmatch(r"base_model\.model\.(.+)\.lora_[AB]\.weight", name)
        assert found and found[1].rsplit(".", 1)[-1] in VLLM_MODULES, f"vLLM does not know {name}"
    rank = fields["r"]
    print(f"vLLM: takes it{'' if rank <= VLLM_RANK else f' with --max-lora-rank {rank}'}")
    return fields


def gguf_name(name):
    parts = {
        "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "mlp.c_fc": "ffn_up",
        "mlp.c_proj": "ffn_down"}
    found = re.fullmatch(r"base_model\.model\.(?:model\.layers|transformer\.h)\.(\d+)\.(.+)\.lora_([AB])\.weight", name)
    return f"blk.{found[1]}.{parts[found[2]]}.weight.lora_{found[3].lower()}"


def check_gguf(path, folder, fields, config):
    reader = gguf.GGUFReader(path)
    text = lambda key: str(bytes(reader.get_field(key).parts[-1]), "utf-8")
    assert (text("general.type"), text("adapter.type")) == ("adapter", "lora")
    assert text("general.architecture") == config.model_type
    assert float(reader.get_field("adapter.lora.alpha").parts[-1][0]) == fields["lora_alpha"]
    stored = {tensor.name: tensor for tensor in reader.tensors}
    tensors = load_file(folder / "adapter_model.safetensors")
    assert set(stored) == set(map(gguf_name, tensors)), "the two files have other matrices"
    for name, expected in tensors.items():
        tensor = stored[gguf_name(name)]
        assert list(tensor.shape) == list(reversed(expected.shape)), f"{tensor.name} has another shape"
        module = name.split(".")[-3]
        heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}.get(module)
        if config.model_type == "llama" and name.endswith("lora_B.weight") and heads:
            rows, rank = expected.shape
            expected = expected.reshape(heads, 2, rows // heads // 2, rank).swapaxes(1, 2).reshape(rows, rank)
        assert np.array_equal(np.asarray(tensor.data), expected), f"{tensor.name} has other numbers"
    print(f"llama.cpp: {len(stored)} tensors, each that of PEFT's file")


def check_peft(model, tokenizer, folder, scored):
    adapted = PeftModel.from_pretrained(model, folder).eval()
    trained = {name for name, _ in adapted.named_parameters() if "lora_" in name}
    stored = {name.replace(".weight", ".default.weight") for name in load_file(folder / "adapter_model.safetensors")}
    assert trained == stored, "PEFT found no place for a tensor, or made one that the file has not"
    worst, count = 0.0, 0
    for record in scored:
        prompt = tokenizer(record["prompt"]).input_ids
        ids = prompt + [token["id"] for token in record["tokens"]]
        with torch.no_grad():
            rows = torch.log_softmax(adapted(input_ids=torch.tensor([ids])).logits[0].double(), dim=-1)
        for place, token in enumerate(record["tokens"], start=len(prompt)):
            worst = max(worst, abs(rows[place - 1, token["id"]].item() - token["log_probability"]))
            count += 1
    assert count and worst <= TOLERANCE, f"log-probabilities differ by {worst}"
    print(f"PEFT: {count} log-probabilities within {worst:.1e}")


def main():
    options = arguments()
    torch.set_num_threads(1)
    where, place = {}, options.backbone
    if place.suffix == ".gguf":
        where, place = {"gguf_file": place.name}, place.parent
    model = AutoModelForCausalLM.from_pretrained(place, dtype=torch.float32, **where).eval()
    tokenizer = AutoTokenizer.from_pretrained(place, **where)
    with tempfile.TemporaryDirectory() as temporary:
        recipe, workspace, folder, other = (pathlib.Path(temporary) / name for name in ("recipe", "ws", "peft", "gguf"))
        recipe.mkdir()
        (recipe / "recipe.yaml").write_text(RECIPE.format(backbone=options.backbone, records=options.records))
        sisa(options, workspace, "train", recipe)
        sisa(options, workspace, "export", "1", folder)
        [path] = sisa(options, workspace, "export", "1", other, "--format", "gguf")["files"]
        fields = check_vllm(folder)
        check_gguf(path, folder, fields, model.config)
        check_peft(model, tokenizer, folder, sisa(options, workspace, "score", "--input", options.records))


if __name__ == "__main__":
    main()
