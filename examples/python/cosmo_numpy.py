"""Reads a weights file or a run bundle of COSMO Playground with numpy alone, and runs the model.

The formats are described in docs/FORMATS.md; this file is that page as code.

    python3 cosmo_numpy.py answer public/models/qwen-mini/stage2.safetensors --prompt "what is two plus three"
    python3 cosmo_numpy.py bundle runs/smoke/bundle.zip
    python3 cosmo_numpy.py logits FILE < requests.json > logits.json
"""

import argparse
import json
import struct
import sys
import zipfile
from pathlib import Path

import numpy as np

DTYPES = {"F32": "<f4", "F16": "<f2", "I32": "<i4", "U8": "u1"}
BOS, EOS, SEP = 1, 2, 6


def read_safetensors(data: bytes) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Tensors by name (F16 becomes float32) and the metadata."""
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        flat = np.frombuffer(data[start:end], DTYPES[entry["dtype"]])
        array = flat.reshape(entry["shape"])
        tensors[name] = array.astype(np.float32) if entry["dtype"] == "F16" else array
    return tensors, metadata


class Model:
    """A policy (`logits`) or the reward heads (`classes`) of a weights file."""

    def __init__(self, path: str | Path):
        self.weights, metadata = read_safetensors(Path(path).read_bytes())
        self.config = json.loads(metadata["config"])
        self.heads = json.loads(metadata.get("heads", "null"))

    def linear(self, x: np.ndarray, name: str) -> np.ndarray:
        """x W + b; W is stored [in, out]."""
        y = x @ self.weights[f"{name}.weight"]
        return y + self.weights[f"{name}.bias"] if f"{name}.bias" in self.weights else y

    def norm(self, x: np.ndarray, name: str) -> np.ndarray:
        layer = self.config["norm"] == "layer"
        if layer:
            x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + self.config["normEpsilon"])
        x = x * self.weights[f"{name}.gain"]
        return x + self.weights[f"{name}.bias"] if layer else x

    def rope(self, x: np.ndarray) -> np.ndarray:
        """Rotates the pairs (i, i + half) of each head; x is [heads, rows, size], row 0 is position 0."""
        half = x.shape[-1] // 2
        angle = np.outer(np.arange(x.shape[1]), self.config["ropeBase"] ** (-np.arange(half) / half))
        cos, sin = np.cos(angle), np.sin(angle)
        first, second = x[..., :half], x[..., half:]
        return np.concatenate([first * cos - second * sin, second * cos + first * sin], -1)

    def block(self, x: np.ndarray, name: str, hidden: np.ndarray, rotate: bool) -> np.ndarray:
        """One pre-norm transformer block; `hidden` [rows, rows] is True where a key is out of sight."""
        rows, width = x.shape
        size = width // self.config["heads"]
        qkv = self.linear(self.norm(x, f"{name}.norm1"), f"{name}.qkv")
        q, k, v = (part.reshape(rows, -1, size).swapaxes(0, 1) for part in np.split(qkv, 3, -1))
        if rotate:
            q, k = self.rope(q), self.rope(k)
        scores = np.where(hidden, -np.inf, q @ k.swapaxes(1, 2) / np.sqrt(size))
        mixed = (softmax(scores) @ v).swapaxes(0, 1).reshape(rows, width)
        x = x + self.linear(mixed, f"{name}.attention")
        normed = self.norm(x, f"{name}.norm2")
        if self.config["activation"] == "swiglu":
            gate, up = np.split(self.linear(normed, f"{name}.gateUp"), 2, -1)
            active = gate / (1 + np.exp(-gate)) * up
        else:
            active = gelu(self.linear(normed, f"{name}.up"))
        return x + self.linear(active, f"{name}.down")

    def vision(self, pixels: np.ndarray) -> np.ndarray:
        """Pixels [size, size, 3] in 0..1 to image tokens [tokens, width]."""
        config, patch = self.config, self.config["patchPx"]
        n, tile = config["imageSizePx"] // patch, patch // 2
        x = (pixels - config["pixelMean"]) * config["pixelScale"]
        # [patch row, tile row, y, patch column, tile column, x, RGB] -> a patch is its four tiles one after the other.
        x = x.reshape(n, 2, tile, n, 2, tile, 3).transpose(0, 3, 1, 4, 2, 5, 6)
        if config["vision"] == "patch":
            x = self.linear(x.reshape(n * n, -1), "vision.patch")
        else:
            stem = gelu(self.linear(x.reshape(n * n * 4, -1), "vision.stem"))
            x = self.linear(stem.reshape(n * n, -1), "vision.merge")
        x = x + self.weights["vision.position"]
        everything = np.zeros((n * n, n * n), bool)
        for layer in range(config["visionLayers"]):
            x = self.block(x, f"vision.{layer}", everything, rotate=False)
        x = self.norm(x, "vision.norm")
        return self.linear(gelu(self.linear(x, "vision.projector1")), "vision.projector2")

    def rows(self, tokens: list[int], pixels: np.ndarray | None) -> np.ndarray:
        """The decoder's last hidden states of the text rows, [tokens, width]."""
        prefix = self.config["imageTokens"]
        x = self.weights["text.embedding"][tokens]
        # A prompt without a picture keeps the rows (and positions) of the image, but nobody sees them.
        image = np.zeros((prefix, x.shape[1])) if pixels is None or not prefix else self.vision(pixels)
        x = np.concatenate([image, x])
        index = np.arange(len(x))
        hidden = index[None, :] > np.maximum(index, prefix - 1)[:, None]
        if pixels is None:
            hidden = (index[None, :] > index[:, None]) | (index[None, :] < np.minimum(index, prefix)[:, None])
        if self.config["positions"] == "learned":
            x = x + self.weights["text.position"][: len(x)]
        for layer in range(self.config["layers"]):
            x = self.block(x, f"text.{layer}", hidden, rotate=self.config["positions"] == "rope")
        return self.norm(x, "text.norm")[prefix:]

    def logits(self, tokens: list[int], pixels: np.ndarray | None = None) -> np.ndarray:
        """[tokens, vocabulary]; row t predicts token t + 1. The output matrix is the embedding."""
        return self.rows(tokens, pixels) @ self.weights["text.embedding"].T

    def classes(self, tokens: list[int], pixels: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """Probabilities of each reward head for `<bos> prompt <sep> [reference] <sep> judged part <eos>`."""
        scores = self.linear(self.rows(tokens, pixels)[-1], "output.classes")
        ends = np.cumsum([len(names) for names in self.heads.values()])[:-1]
        return {head: softmax(part) for head, part in zip(self.heads, np.split(scores, ends))}

    def answer(self, prompt: list[int], pixels: np.ndarray | None = None, most: int = 32) -> list[int]:
        """The greedy response, up to and including `<eos>`."""
        tokens = [BOS, *prompt, SEP]
        for _ in range(most):
            tokens.append(int(self.logits(tokens, pixels)[-1].argmax()))
            if tokens[-1] == EOS:
                break
        return tokens[len(prompt) + 2 :]


def softmax(x: np.ndarray) -> np.ndarray:
    raised = np.exp(x - x.max(-1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)


def gelu(x: np.ndarray) -> np.ndarray:
    """The tanh form."""
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def read_bundle(path: str | Path) -> dict:
    """The JSON files of a bundle by path, and the tensors of each safetensors file by path."""
    files = {}
    with zipfile.ZipFile(path) as bundle:
        for name in bundle.namelist():
            data = bundle.read(name)
            if name.endswith(".json"):
                files[name] = json.loads(data)
            elif name.endswith(".safetensors"):
                files[name] = read_safetensors(data)[0]
            else:
                files[name] = data.decode()
    return files


def read_vocabulary(path: str | Path) -> list[str]:
    return json.loads(Path(path).read_text(encoding="utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["answer", "bundle", "logits"])
    parser.add_argument("file")
    parser.add_argument("--prompt", help="words of the vocabulary, separated by spaces")
    parser.add_argument("--pixels", help="a JSON file [size][size][3] of numbers in 0..1")
    parser.add_argument("--vocabulary", help="default: vocab.json in the folder above the weights")
    args = parser.parse_args()
    if args.what == "bundle":
        files = read_bundle(args.file)
        config, index = files["config.json"], files["samples/index.json"]
        print(f"{config['preset']}, seed {config['seed']}: {config['status']}, {len(index)} rollout batches")
        for entry in index[-1:]:
            batch = files[f"samples/{entry['step']:06d}.safetensors"]
            print(f"newest: step {entry['step']}, {len(batch['advantages'])} responses, "
                  f"mean reward {batch['terms/total'].mean():.4f}")
            told = files.get("samples/prompts.json")  # absent in bundles of before 0.3.0
            if told is None:
                continue
            prompt = told["prompts"][entry["promptIds"][0]]
            response = batch["responseTokens"][batch["offsets"][0] : batch["offsets"][1]]
            print(f"prompt: {prompt['text']}")
            if prompt.get("scene"):
                cells = [cell for cell in prompt["scene"]["cells"] if cell]
                print("picture: " + ", ".join(" ".join(str(v) for k, v in cell.items() if k != "kind") for cell in cells))
            print("response: " + " ".join(told["words"][token] for token in response))
        return
    model = Model(args.file)
    if args.what == "logits":
        answers = []
        for request in json.load(sys.stdin):
            pixels = request.get("pixels")
            pixels = None if pixels is None else np.array(pixels, np.float32)
            tokens = request["tokens"]
            answers.append(
                model.logits(tokens, pixels).tolist() if model.heads is None
                else {head: p.tolist() for head, p in model.classes(tokens, pixels).items()}
            )
        json.dump(answers, sys.stdout)
        return
    if not args.prompt:
        parser.error("answer needs --prompt")
    words = read_vocabulary(args.vocabulary or Path(args.file).resolve().parent.parent / "vocab.json")
    unknown = [word for word in args.prompt.split() if word not in words]
    if unknown:
        parser.error(f"not in the vocabulary: {', '.join(unknown)}")
    pixels = np.array(json.loads(Path(args.pixels).read_text()), np.float32) if args.pixels else None
    tokens = model.answer([words.index(word) for word in args.prompt.split()], pixels)
    print(" ".join(words[token] for token in tokens))


if __name__ == "__main__":
    main()
