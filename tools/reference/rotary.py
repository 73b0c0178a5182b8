"""Writes Tests/EngineTests/Fixtures/engine/rotary.json: the angles of rotary embeddings.

    python3 tools/reference/rotary.py > Tests/EngineTests/Fixtures/engine/rotary.json

Needs mpmath, numpy, torch and transformers. Each case has two lists of inverse frequencies, as bit patterns of binary32:
"exact", in which the power is the nearest binary32 number and the rest are binary32 operations as docs/numerics.md has
them, and "transformers", what that library computes. "digest" is the 64-bit FNV-1a hash, over little-endian words, of
all cosines and then all sines of the positions below "positions", each the nearest binary32 number (60 digits).
"""

import json
import struct

import numpy as np
from mpmath import cos, mp, mpf, power, sin
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

mp.dps = 60
f32 = np.float32

CASES = [
    {"name": "theta 10000", "theta": 10_000.0, "headSize": 64},
    {"name": "SmolLM2", "theta": 100_000.0, "headSize": 64},
    {"name": "Qwen", "theta": 1_000_000.0, "headSize": 128},
    {"name": "linear", "theta": 10_000.0, "headSize": 32, "linear": 4.0},
    {"name": "Llama 3.2", "theta": 500_000.0, "headSize": 64, "llama3": [32.0, 1.0, 4.0, 8192]},
    {"name": "Llama 3.1", "theta": 500_000.0, "headSize": 128, "llama3": [8.0, 1.0, 4.0, 8192]},
]
POSITIONS = 300


def nearest(value):
    """The nearest binary32 number of an mpf: by way of binary64, whose nearest number is no tie of binary32 here."""
    return f32(float(value))


def bits(values):
    return [int(v) for v in np.asarray(values, dtype=f32).view(np.uint32)]


def exact(case):
    size = case["headSize"]
    exponents = [f32(2 * i) / f32(size) for i in range(size // 2)]
    plain = [f32(1) / nearest(power(mpf(case["theta"]), mpf(float(e)))) for e in exponents]
    if "linear" in case:
        return [v / f32(case["linear"]) for v in plain]
    if "llama3" not in case:
        return plain
    factor, low, high, positions = (f32(v) for v in case["llama3"])
    result = []
    for v in plain:
        wavelength = f32(2 * np.pi) / v
        if wavelength > positions / low:
            result.append(v / factor)
        elif wavelength < positions / high:
            result.append(v)
        else:
            share = (positions / wavelength - low) / (high - low)
            result.append((f32(1) - share) * v / factor + share * v)
    return result


def of_transformers(case):
    parameters = {"rope_type": "default", "rope_theta": case["theta"]}
    if "linear" in case:
        parameters |= {"rope_type": "linear", "factor": case["linear"]}
    if "llama3" in case:
        names = ["factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"]
        parameters |= {"rope_type": "llama3"} | dict(zip(names, case["llama3"]))
    config = LlamaConfig(
        hidden_size=2 * case["headSize"], num_attention_heads=2, head_dim=case["headSize"], num_hidden_layers=1,
        max_position_embeddings=131_072, rope_parameters=parameters)
    return LlamaRotaryEmbedding(config).inv_freq.numpy()


def digest(frequencies):
    angles = [float(f32(position) * v) for position in range(POSITIONS) for v in frequencies]
    state = 0xCBF29CE484222325
    for function in (cos, sin):
        for angle in angles:
            for byte in struct.pack("<f", nearest(function(mpf(angle)))):
                state = (state ^ byte) * 0x100000001B3 % 2**64
    return f"{state:016x}"


if __name__ == "__main__":
    for case in CASES:
        frequencies = exact(case)
        case |= {"positions": POSITIONS, "exact": bits(frequencies), "transformers": bits(of_transformers(case))}
        case["digest"] = digest(frequencies)
    print("[\n" + ",\n".join(json.dumps(case) for case in CASES) + "\n]")
