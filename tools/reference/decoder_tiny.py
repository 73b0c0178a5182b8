"""Tiny random causal models, one for each corner of the families that the engine reads."""

import json

import numpy as np
import torch
from transformers import (
    AutoConfig, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM,
    Qwen3Config, Qwen3ForCausalLM)

VOCABULARY = 96
TOKENS = dict(vocab_size=VOCABULARY, bos_token_id=0, eos_token_id=1)
SIZES = dict(
    TOKENS, max_position_embeddings=64, hidden_size=32, intermediate_size=56, num_hidden_layers=3,
    num_attention_heads=4, num_key_value_heads=2)

# Name: (class, configuration, type of the stored weights).
TINY_MODELS = {
    # As SmolLM2: two heads of the query share one of key and value, and the output matrix is the token embedding.
    "tiny-llama-tied": (
        LlamaForCausalLM, LlamaConfig(**SIZES, tie_word_embeddings=True, rms_norm_eps=1e-5), torch.float32),
    # As Llama 3, with every bias that the family can have. Of the four frequencies one stays, one is mixed.
    "tiny-llama-own": (
        LlamaForCausalLM,
        LlamaConfig(
            **SIZES, tie_word_embeddings=False, attention_bias=True, mlp_bias=True,
            rope_parameters=dict(
                rope_type="llama3", rope_theta=500.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                original_max_position_embeddings=32)),
        torch.bfloat16),
    "tiny-qwen2": (
        Qwen2ForCausalLM,
        Qwen2Config(**SIZES, tie_word_embeddings=True, rope_parameters=dict(rope_type="default", rope_theta=1e6)),
        torch.float16),
    # A head of 12 numbers where hidden / heads is 8.
    "tiny-qwen3": (
        Qwen3ForCausalLM,
        Qwen3Config(
            **SIZES, head_dim=12, tie_word_embeddings=False,
            rope_parameters=dict(rope_type="linear", rope_theta=1e4, factor=4.0)),
        torch.bfloat16),
    "tiny-gpt2": (
        GPT2LMHeadModel, GPT2Config(**TOKENS, n_positions=64, n_embd=32, n_layer=3, n_head=4), torch.float32),
}

# Written as most folders of this model have it: `rope_theta` and `rope_scaling` instead of `rope_parameters`.
OLDER_CONFIGURATION = {"tiny-llama-own"}


def make_tiny_model(name, seed, folder):
    """Saves the model whole, as Hugging Face does. Weights are large enough to bend every nonlinearity."""
    kind, config, dtype = TINY_MODELS[name]
    model = kind(config)
    generator = np.random.default_rng(seed)
    with torch.no_grad():
        for parameter_name, parameter in sorted(model.named_parameters()):
            values = generator.standard_normal(tuple(parameter.shape))
            is_norm = "norm" in parameter_name or ".ln_" in parameter_name
            if is_norm:
                values = 0.2 * values + (1.0 if parameter_name.endswith("weight") else 0.0)
            else:
                values *= 0.5 if "embed" in parameter_name or ".wte" in parameter_name else 0.25
            parameter.copy_(torch.from_numpy(values.astype(np.float32)))
    folder.mkdir(parents=True, exist_ok=True)
    model.to(dtype).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    if name in OLDER_CONFIGURATION:
        path = folder / "config.json"
        fields = json.loads(path.read_text())
        scaling = fields.pop("rope_parameters")
        fields["rope_theta"] = scaling.pop("rope_theta")
        fields["rope_scaling"] = scaling
        path.write_text(json.dumps(fields, indent=2, sort_keys=True) + "\n")
        assert AutoConfig.from_pretrained(folder).rope_parameters == config.rope_parameters, "the older form is not read"
    return folder
