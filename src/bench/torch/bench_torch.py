"""The benchmark's model in eager PyTorch: a contestant that reads calls as lines of JSON and answers in lines of JSON.

Weights and batches come in one safetensors file (docs/FORMATS.md). Batches are padded to their longest sequence, pictures stand before
the text, and sampling keeps keys and values.
"""

import json
import struct
import sys
import time

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
except ImportError as error:
    print(json.dumps({"error": f"{sys.executable} has no {error.name}"}), flush=True)
    sys.exit(0)

DTYPES = {"F32": "<f4", "I32": "<i4", "U8": "u1"}
EPSILON = 1e-5
CLIP_FLOOR = -1e9


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    (size,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + size]).items():
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        array = np.frombuffer(data[start:end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(array.copy())
    return tensors


def under(tensors, prefix):
    return {name[len(prefix) :]: value for name, value in tensors.items() if name.startswith(prefix)}


class Batch:
    """A padded batch on the device: tokens, pictures where an item has one, and what may be seen."""

    def __init__(self, tensors, image_tokens, device):
        self.tokens = tensors["tokens"].long().to(device)
        self.lengths = tensors["lengths"].long().to(device)
        items, longest = self.tokens.shape
        pictures = tensors["hasImage"].bool()
        self.image_tokens = p = image_tokens if bool(pictures.any()) else 0
        self.patches = tensors["patches"].to(device) if p else None
        rows = torch.arange(p + longest)
        seen = (rows[None, :] <= rows[:, None]) | ((rows[None, :] < p) & (rows[:, None] < p))
        seen = seen[None]
        if p and not bool(pictures.all()):
            # Text does not see a picture that is not there.
            absent = ~pictures[:, None, None] & (rows[None, None, :] < p) & (rows[None, :, None] >= p)
            seen = seen & ~absent
        self.mask = torch.zeros(seen.shape).masked_fill(~seen, CLIP_FLOOR)[:, None].to(device)
        # Keys that new tokens see: without padding, and without absent pictures.
        valid = rows[None, :] < p + tensors["lengths"].long()[:, None]
        if p:
            valid = valid & (pictures[:, None] | (rows[None, :] >= p))
        self.key_mask = None if bool(valid.all()) else torch.zeros(valid.shape).masked_fill(~valid, CLIP_FLOOR).to(device)
        self.rows = self.flat(tensors["rows"], longest, device) if "rows" in tensors else None
        self.targets = tensors["targets"].long().to(device) if "targets" in tensors else None
        self.labels = tensors["labels"].long().to(device) if "labels" in tensors else None
        if "offsets" in tensors:
            counts = tensors["offsets"][1:] - tensors["offsets"][:-1]
            self.item_of_row = torch.repeat_interleave(torch.arange(items), counts.long()).to(device)

    def flat(self, rows, longest, device):
        """Rows b * time + t of the text as rows of the whole sequences."""
        rows = rows.long()
        item = torch.div(rows, longest, rounding_mode="floor")
        return (item * (self.image_tokens + longest) + self.image_tokens + rows % longest).to(device)


class Model:
    def __init__(self, weights, config, device, trained):
        self.config = config
        self.weights = {}
        for name, value in weights.items():
            # As nn.Linear keeps its weights.
            is_matrix = name.endswith(".weight") and value.dim() == 2
            value = (value.t() if is_matrix else value).contiguous().to(device, copy=True)
            self.weights[name] = value.requires_grad_(trained)

    def linear(self, x, name):
        return F.linear(x, self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias"))

    def norm(self, x, name):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPSILON) * self.weights[f"{name}.gain"]

    def turns(self, positions):
        """Cosines and sines of positions, [rows] or [items, 1, 1]: once for all layers."""
        half = self.config["width"] // self.config["heads"] // 2
        rates = self.config["ropeBase"] ** (-torch.arange(half, device=positions.device, dtype=torch.float32) / half)
        angles = positions[..., None] * rates
        return angles.cos(), angles.sin()

    @staticmethod
    def rope(x, turns):
        """Pairs (i, i + half)."""
        cos, sin = turns
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

    def heads(self, x, name):
        items, rows, width = x.shape
        count = self.config["heads"]
        qkv = self.linear(self.norm(x, f"{name}.norm1"), f"{name}.qkv")
        return qkv.view(items, rows, 3, count, width // count).permute(2, 0, 3, 1, 4)

    def finish(self, x, q, k, v, mask, name):
        """Attention, its projection, and the MLP of a block."""
        if hasattr(F, "scaled_dot_product_attention"):
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        else:
            scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
            mixed = (scores if mask is None else scores + mask).softmax(-1) @ v
        x = x + self.linear(mixed.transpose(1, 2).reshape(x.shape), f"{name}.attention")
        gate, up = self.linear(self.norm(x, f"{name}.norm2"), f"{name}.gateUp").chunk(2, -1)
        return x + self.linear(F.silu(gate) * up, f"{name}.down")

    def vision(self, patches):
        x = self.linear(patches, "vision.patch") + self.weights["vision.position"]
        for layer in range(self.config["visionLayers"]):
            q, k, v = self.heads(x, f"vision.{layer}")
            x = self.finish(x, q, k, v, None, f"vision.{layer}")
        x = F.gelu(self.linear(self.norm(x, "vision.norm"), "vision.projector1"), approximate="tanh")
        return self.linear(x, "vision.projector2")

    def hidden(self, batch, caches=None):
        """[items, image tokens + longest, width]; keys and values of each layer are added to `caches`."""
        x = F.embedding(batch.tokens, self.weights["text.embedding"])
        if batch.image_tokens:
            x = torch.cat([self.vision(batch.patches), x], 1)
        # Text stands behind a picture's places, also where no item has one.
        first = self.config["imageTokens"] - batch.image_tokens
        turns = self.turns(torch.arange(first, first + x.shape[1], device=x.device, dtype=torch.float32))
        for layer in range(self.config["layers"]):
            q, k, v = self.heads(x, f"text.{layer}")
            q, k = self.rope(q, turns), self.rope(k, turns)
            if caches is not None:
                caches.append((k, v))
            x = self.finish(x, q, k, v, batch.mask, f"text.{layer}")
        return x

    def logits(self, x):
        return F.linear(self.norm(x, "text.norm"), self.weights["text.embedding"])

    def rows(self, batch):
        return self.hidden(batch).flatten(0, 1)[batch.rows]

    def logp(self, batch):
        logs = self.logits(self.rows(batch)).log_softmax(-1)
        return logs.gather(1, batch.targets[:, None])[:, 0]

    def classes(self, batch):
        return self.linear(self.norm(self.rows(batch), "text.norm"), "output.classes")

    def generate(self, prompts, group, count, uniforms):
        """Tokens and log-probs [samples, count]; the prompts are computed once, their keys and values repeated."""
        caches = []
        x = self.hidden(prompts, caches)
        items, longest = prompts.tokens.shape
        samples = items * group
        start = prompts.image_tokens + longest
        room = start + count
        keys, values = [], []
        for k, v in caches:
            for kept, fresh in ((keys, k), (values, v)):
                whole = fresh.new_zeros(samples, fresh.shape[1], room, fresh.shape[3])
                whole[:, :, :start] = fresh.repeat_interleave(group, 0)
                kept.append(whole)
        mask = None
        if prompts.key_mask is not None:
            mask = x.new_zeros(samples, 1, 1, room)
            mask[:, 0, 0, :start] = prompts.key_mask.repeat_interleave(group, 0)
        last = prompts.image_tokens + prompts.lengths - 1
        logits = self.logits(x[torch.arange(items, device=x.device), last]).repeat_interleave(group, 0)
        place = self.config["imageTokens"] + prompts.lengths.repeat_interleave(group)[:, None, None].float()
        tokens, logps = [], []
        for step in range(count):
            logs = logits.log_softmax(-1)
            token = torch.searchsorted(logs.exp().cumsum(-1), uniforms[step][:, None]).clamp_(max=logs.shape[1] - 1)
            tokens.append(token)
            logps.append(logs.gather(1, token))
            if step == count - 1:
                break
            x = F.embedding(token, self.weights["text.embedding"])
            at = start + step
            turns = self.turns(place + step)
            for layer in range(self.config["layers"]):
                q, k, v = self.heads(x, f"text.{layer}")
                keys[layer][:, :, at : at + 1] = self.rope(k, turns)
                values[layer][:, :, at : at + 1] = v
                x = self.finish(
                    x,
                    self.rope(q, turns),
                    keys[layer][:, :, : at + 1],
                    values[layer][:, :, : at + 1],
                    None if mask is None else mask[..., : at + 1],
                    f"text.{layer}",
                )
            logits = self.logits(x[:, 0])
        return torch.cat(tokens, 1), torch.cat(logps, 1)


class Contestant:
    def __init__(self, call):
        self.task = call["task"]
        self.device = torch.device(call["device"])
        if self.device.type == "cuda" and not torch.cuda.is_available():
            raise RuntimeError("PyTorch finds no CUDA device")
        torch.set_num_threads(call["threads"])
        self.tensors = read_safetensors(call["file"])
        self.prompts = self.batch("prompts.")
        self.sft = self.batches("sft")
        self.heads = self.batches("heads")
        self.iteration = None if self.task["sampled"] else {part: self.batches(part) for part in ("scoring", "reference", "update")}
        self.reference = self.model("policy.", "policyConfig", False)
        self.reset()

    def words(self):
        if self.device.type == "cuda":
            return f"PyTorch {torch.__version__}, {torch.cuda.get_device_name()}"
        blas = "OpenBLAS" if "open" in torch.__config__.show().lower() else "its BLAS"
        return f"PyTorch {torch.__version__}, eager, {blas}, {torch.get_num_threads()} threads"

    def batch(self, prefix):
        return Batch(under(self.tensors, prefix), self.task["policyConfig"]["imageTokens"], self.device)

    def batches(self, name):
        return [self.batch(f"{name}.{i}.") for i in range(self.task["counts"][name])]

    def model(self, prefix, config, trained):
        return Model(under(self.tensors, prefix), self.task[config], self.device, trained)

    def reset(self):
        self.policy = self.model("policy.", "policyConfig", True)
        self.scorer = self.model("scorer.", "scorerConfig", True)
        self.optimizers = {model: self.adam(model) for model in (self.policy, self.scorer)}

    def adam(self, model):
        adam = self.task["adam"]
        return torch.optim.Adam(
            model.weights.values(), lr=adam["learningRate"], betas=(adam["beta1"], adam["beta2"]), eps=adam["epsilon"]
        )

    def now(self):
        if self.device.type == "cuda":
            torch.cuda.synchronize()
        return 1000 * time.perf_counter()

    def step(self, model, loss):
        optimizer = self.optimizers[model]
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    def steps(self, batches, loss):
        start = self.now()
        losses = [loss(batch) for batch in batches]
        ms = (self.now() - start) / len(batches)
        return {"ms": ms, "loss": sum(losses) / len(losses), "sampled": None, "phases": None}

    def sft_step(self, batch):
        return self.step(self.policy, -self.policy.logp(batch).mean())

    def heads_step(self, batch):
        return self.step(self.scorer, F.cross_entropy(self.scorer.classes(batch), batch.labels))

    def run(self, call):
        if call["round"] == 0:
            self.reset()
        if call["measure"] == "rl":
            return self.rl(call)
        if call["measure"] == "heads":
            return self.steps(self.heads, self.heads_step)
        return self.steps(self.sft, self.sft_step)

    def with_responses(self, tokens):
        """The fixed-length batches of an iteration: prompts with what was sampled, whole and in minibatches."""
        group = self.task["groupSize"]
        whole = torch.cat([self.prompts.tokens.repeat_interleave(group, 0), tokens], 1).cpu()
        items, longest = whole.shape
        count = tokens.shape[1]
        patches = under(self.tensors, "prompts.")["patches"].repeat_interleave(group, 0)

        def part(start, end, scoring=False):
            starts = torch.arange(end - start) * longest
            rows = starts[:, None] + torch.arange(longest - count - 1, longest - 1)
            tensors = {
                "tokens": whole[start:end],
                "lengths": torch.full((end - start,), longest),
                "hasImage": torch.ones(end - start, dtype=torch.uint8),
                "patches": patches[start:end],
                "rows": starts + longest - 1 if scoring else rows.flatten(),
                "targets": whole[start:end, longest - count :].flatten(),
                "offsets": torch.arange(end - start + 1) * count,
            }
            return Batch(tensors, self.task["policyConfig"]["imageTokens"], self.device)

        size = items // self.task["minibatches"]
        return {
            "scoring": [part(0, items, True)],
            "reference": [part(0, items)],
            "update": [part(start, start + size) for start in range(0, items, size)],
        }

    def rl(self, call):
        task = self.task
        group, count = task["groupSize"], task["maxNewTokens"]
        uniforms = torch.tensor(call["uniforms"]).view(count, -1).to(self.device)
        phases = {}
        start = self.now()
        with torch.no_grad():
            tokens, sampled = self.policy.generate(self.prompts, group, count, uniforms)
        phases["rollout"] = self.now() - start
        parts = self.with_responses(tokens) if task["sampled"] else self.iteration
        start = self.now()
        with torch.no_grad():
            scores = torch.cat([self.scorer.classes(batch) for batch in parts["scoring"]])
        phases["scoring"] = self.now() - start
        start = self.now()
        with torch.no_grad():
            reference = torch.cat([self.reference.logp(batch) for batch in parts["reference"]])
        phases["reference"] = self.now() - start
        start = self.now()
        old = sampled.flatten() if task["sampled"] else reference
        rewards = scores[:, 0].view(-1, group)
        spread = rewards.std(1, unbiased=False, keepdim=True)
        advantages = ((rewards - rewards.mean(1, keepdim=True)) / (spread + 1e-6)).flatten()
        row = item = 0
        for batch in parts["update"]:
            rows, items = row + len(batch.rows), item + len(batch.tokens)
            self.policy_step(batch, old[row:rows], reference[row:rows], advantages[item:items])
            row, item = rows, items
        phases["update"] = self.now() - start
        means = {"meanLogp": sampled.mean().item(), "meanScore": scores.mean().item()}
        return {"ms": sum(phases.values()), "loss": None, "sampled": means, "phases": phases}

    def policy_step(self, batch, old, reference, advantages):
        logp = self.policy.logp(batch)
        advantage = advantages[batch.item_of_row]
        ratio = (logp - old).exp()
        clip = self.task["ratioClip"]
        surrogate = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
        apart = reference - logp
        kl = apart.exp() - apart - 1
        return self.step(self.policy, (self.task["klWeight"] * kl - surrogate).mean())


def main():
    print(json.dumps({"ready": torch.__version__}), flush=True)
    contestant = None
    for line in sys.stdin:
        call = json.loads(line)
        try:
            if call["call"] == "start":
                contestant = Contestant(call)
                answer = {"value": {"words": contestant.words(), "simd": None}}
            else:
                answer = {"value": {**contestant.run(call), "counts": None}}
        except Exception as error:  # told to the benchmark, which goes on without
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
