// Settings of supervised fine-tuning and of the reward heads.

import { HEAD_PROMPTS } from '../../terms/heads.ts';
import { float, group, int, mix, oneOf, share } from '../spec.ts';

export const sftGroup = group(
  'Supervised fine-tuning',
  'Learns the format and a deliberately imperfect behaviour from demonstrations.',
  {
    sft_steps: int('Steps', 1500, [0, 100000], {
      unit: 'steps',
      help: 'Optimiser steps on demonstrations before any RL. Too few leave a policy without the response format, and RL then has nothing to reward.',
      formula: 'loss = -mean over response tokens of log p(token)',
    }),
    sft_batch: int('Batch', 32, [1, 512], {
      unit: 'demonstrations',
      help: 'Demonstrations per optimiser step. Larger batches give smoother steps and cost time in proportion.',
    }),
    sft_learning_rate: float('Learning rate', 3e-3, [0, 0.1], {
      aboveMin: true,
      log: true,
      help: 'Peak step size of AdamW during SFT, reached after the warm-up. The paper uses far smaller ones for models of 7 to 72 billion parameters.',
      formula: 'after the warm-up: peak * (0.1 + 0.45 (1 + cos(pi * progress)))',
      source: 'AdamW (arXiv 1711.05101); the value is ours',
    }),
    sft_examples: int('Demonstrations', 20000, [32, 1000000], {
      unit: 'demonstrations',
      help: 'Number of distinct demonstrations; steps beyond them see the same ones again. A small number makes the model memorise instead of generalise.',
    }),
    sft_mix: mix(
      'Task mix',
      {
        knowledge_rule: 4,
        knowledge: 2,
        general: 1,
        instruction: 2,
        normal: 2,
        safety: 2,
        jailbreak: 2,
        value: 1,
      },
      {
        help: 'Relative weights of the prompt labels among the demonstrations. A label with weight 0 is never demonstrated.',
        formula: 'p(label) = weight / sum of weights',
        source: 'ours',
      },
    ),
    sft_harmful_compliance: share('Harmful compliance', 0.5, {
      help: 'Share of harmful requests that the demonstrations comply with. It leaves safety training something to repair.',
    }),
    sft_jailbreak_compliance: share('Jailbreak compliance', 0.7, {
      help: 'Share of jailbreak prompts that the demonstrations give in to. It sets the attack success rate that RL starts from.',
    }),
    sft_over_refusal: share('Over-refusal', 0.35, {
      help: 'Share of harmless requests that look harmful and that the demonstrations decline. It sets the over-refusal that RL starts from.',
    }),
    sft_reasoning_error: share('Reasoning errors', 0.2, {
      help: 'Share of reasoning and knowledge demonstrations with a wrong answer. It leaves the general stage room to improve.',
    }),
    sft_value_error: share('Value errors', 0.35, {
      help: 'Share of value prompts that are demonstrated with the bad judgement. It leaves the value reward something to teach.',
    }),
    sft_instruction_error: share('Instruction errors', 0.2, {
      help: 'Share of instruction prompts whose demonstration breaks a constraint. It leaves the instruction reward something to teach.',
    }),
    sft_careless_look: share('Careless looks', 0, {
      help: 'Share of demonstrations with a picture whose thought skips looking or takes a shape or digit for another one, with the answer that follows from it. It leaves visual focus something to teach.',
    }),
    sft_form_slip: share('Slips of form', 0, {
      help: 'Share of demonstrations in which the thought has no end or no answer follows it. It leaves the format term something to teach.',
    }),
    sft_by_kind: share('Flaws by kind', 0, {
      help: 'How much of each share of flaws above falls on whole kinds of prompts (an attack, a verb, a hazard, a recipient, a constraint), drawn by the seed; the rest is noise. A greedy policy shows flaws by kind alone, for of noise it does what most demonstrations do.',
      formula: 'p(flaw) = by kind * (1 if the kind is among the share, else 0) + (1 - by kind) * share',
    }),
  },
);

export const headsGroup = group(
  'Reward heads',
  'The Safety, Value, Knowledge and Helpful judges (the outcome reward models of the paper).',
  {
    heads_steps: int('Steps', 1200, [1, 100000], {
      unit: 'steps',
      help: 'Optimiser steps of the reward heads. Heads that are trained too briefly are easy to deceive: the reward climbs while the oracle reward falls.',
      formula: 'loss = -sum over the heads with a label of log p(verdict), mean over the batch',
    }),
    heads_batch: int('Batch', 48, [1, 512], {
      unit: 'responses',
      help: 'Labelled responses per optimiser step of the heads. Larger batches give smoother steps and cost time in proportion.',
    }),
    heads_learning_rate: float('Learning rate', 2e-3, [0, 0.1], {
      aboveMin: true,
      log: true,
      help: 'Peak step size of AdamW for the reward heads. The warm-up and the weight decay are those of RL.',
      formula: 'after the warm-up: peak * (0.1 + 0.45 (1 + cos(pi * progress)))',
      source: 'AdamW (arXiv 1711.05101); the value is ours',
    }),
    heads_label_noise: share('Label noise', 0, {
      help: 'Share of the training labels that are replaced by a random other one. It shows what annotators who err do to the policy.',
    }),
    heads_examples: int('Training responses', 12000, [32, 1000000], {
      unit: 'responses',
      help: `Number of distinct labelled responses that the heads learn from, balanced over the verdicts of each head. ${HEAD_PROMPTS}`,
    }),
    heads_holdout: int('Held-out responses', 600, [10, 100000], {
      unit: 'responses per head',
      help: 'Responses per head that are kept out of training for its report. Accuracy, confusion and calibration are measured on them.',
    }),
    heads_measure_every: int('Measure every', 0, [0, 100000], {
      unit: 'steps',
      help: 'The heads are measured on all held-out responses after every so many steps, and after the last one, for the chart and for an early end. 0 measures them once, for the report.',
    }),
    heads_patience: int('Patience', 0, [0, 1000], {
      unit: 'measurements',
      help: 'The heads end early once so many measurements in a row bring no better mean accuracy over the heads; kept are the weights of the best one, which the report, on the same responses, flatters a little. 0 trains to the last step and keeps its weights; without measurements it has no effect.',
      formula: 'ends where step - step of the best measurement >= patience * measure every',
    }),
    heads_policy_share: share('Share from the policy', 0.3, {
      help: 'Share of the training responses that the SFT policy writes, at several temperatures, with labels of the oracle. The rest is scripted, so that every verdict occurs.',
    }),
    heads_corrupted_share: share('Share of near misses', 0.3, {
      help: "Share of the Helpful and Knowledge heads' training responses that are good answers with a word dropped, repeated, moved or exchanged, labelled by the oracle. Without them the heads wave near misses through, and the policy learns to make them.",
    }),
    heads_init: oneOf('Start from', ['sft', 'random'], 'sft', {
      help: 'Where the trunk of the heads starts: the SFT weights, or random ones. The SFT weights already read pictures and words.',
    }),
  },
);
