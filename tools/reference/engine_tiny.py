"""Tiny random encoders, one for each corner of the family that the engine reads."""

import numpy as np
import torch
from transformers import (
    BertConfig, BertForSequenceClassification, BertModel, DistilBertConfig, DistilBertModel, ElectraConfig,
    ElectraModel)

WORDS = """[PAD] [UNK] [CLS] [SEP] [MASK] . , ! ? ' - the a an and or not is was were be in on under over with
cat dog bird fish table house tree river small big old new good bad play sleep sing run walk sang ran ##s ##ed
##ing ##er ##ly c d p r e ##a ##e ##t ##n""".split()

SIZES = dict(vocab_size=len(WORDS), max_position_embeddings=32)
BERT = dict(SIZES, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48)
DISTILBERT = dict(SIZES, dim=32, n_layers=2, n_heads=4, hidden_dim=48)

# Name: (class that is saved, configuration, type of the stored weights).
TINY_MODELS = {
    # `bert.` before every name, and a head in the file that is not the one to train.
    "tiny-bert-prefixed": (
        BertForSequenceClassification, BertConfig(**BERT, hidden_act="gelu_new", num_labels=3), torch.float32),
    "tiny-bert-f16": (BertModel, BertConfig(**BERT), torch.float16),
    "tiny-distilbert": (DistilBertModel, DistilBertConfig(**DISTILBERT), torch.float32),
    "tiny-electra": (ElectraModel, ElectraConfig(**BERT, embedding_size=32), torch.float32),
    "tiny-bert-relu": (BertModel, BertConfig(**BERT, hidden_act="relu"), torch.float32),
}


def make_tiny_model(name, seed, folder):
    """Saves the model whole, as Hugging Face does. Weights are large enough to bend every nonlinearity."""
    kind, config, dtype = TINY_MODELS[name]
    model = kind(config)
    generator = np.random.default_rng(seed)
    with torch.no_grad():
        for parameter_name, parameter in sorted(model.named_parameters()):
            values = generator.standard_normal(tuple(parameter.shape))
            if "LayerNorm" in parameter_name or "layer_norm" in parameter_name:
                values = 0.2 * values + (1.0 if parameter_name.endswith("weight") else 0.0)
            else:
                values *= 0.5 if "embeddings" in parameter_name else 0.25
            parameter.copy_(torch.from_numpy(values.astype(np.float32)))
    folder.mkdir(parents=True, exist_ok=True)
    model.to(dtype).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    return folder
