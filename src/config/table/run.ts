// Settings of the run as a whole, the engine, the world and the model.

import { ENGINE_CHOICES, GPU_KERNEL_CHOICES, WASM_SIMD_CHOICES } from '../../terms/engines.ts';
import { STAGES } from '../../terms/stages.ts';
import { MOST_ATTACKED } from '../../terms/suites.ts';
import { bool, float, group, int, listOf, oneOf, share } from '../spec.ts';

export const runGroup = group('Run', 'Which stages run, from which seed, and how they are judged.', {
  seed: int('Seed', 7, [0, 2147483647], {
    help: 'Every random number of the run is a function of this seed. The same settings, seed, engine and device give the same run bit for bit.',
    source: 'Philox4x32-10 (Salmon et al., SC 2011)',
  }),
  stages: listOf('Stages', STAGES, ['sft', 'heads', 'stage1', 'stage2'], {
    repeats: true,
    maxLength: 32,
    help: 'The stages in the order in which they run; any may be left out or repeated. `mixed` is one RL stage that uses the mix of stage 2 from the start.',
    source: 'COSMO-RL (arXiv 2510.04196)',
  }),
  evaluate: bool('Evaluate', true, {
    help: 'Runs all evaluation suites after SFT and after each RL stage. Without it a run is faster, but says nothing about held-out prompts.',
    source: 'COSMO-RL (arXiv 2510.04196)',
  }),
  eval_samples: int('Prompts per suite', 120, [10, 2000], {
    unit: 'prompts',
    help: 'Held-out prompts in each evaluation suite. More of them narrow the interval, and cost time in proportion.',
    formula: 'width of a 95 % interval near 50 %: about 2 / sqrt(n)',
    source: 'Wilson score interval (1927); the number is ours',
  }),
  eval_distinct: bool('Distinct prompts', false, {
    help: 'No suite repeats a prompt: at most 8 are drawn for each one wanted, and those that were drawn before are left out. Every suite has 2,000 distinct test prompts so, but `value`, which has about 700; off, the intervals count repeats once.',
    source: 'Ours; runs of before have it off',
  }),
  eval_temperature: float('Evaluation temperature', 1, [0, 2], {
    help: 'Sampling temperature of the responses that are judged. 0 is greedy decoding, 1 is the policy as it is trained.',
    formula: 'p(token) proportional to exp(logit / temperature)',
  }),
  eval_split: oneOf('Evaluation split', ['test', 'validation'], 'test', {
    help: 'Prompts that evaluation draws from. Tune on `validation` and keep `test` for the final figure.',
  }),
  eval_attacker: int('Attacked requests', 0, [0, MOST_ATTACKED], {
    unit: 'requests',
    help: 'Harmful requests that evaluation puts to an adaptive attacker (suite `attacker`): 64 attacks on each, answered once sampled and once greedy, so 50 requests cost 6,400 answers. 0 leaves the suite out.',
    formula:
      'success at N: share of the requests of which at least one of the first N attacks draws an unsafe answer',
    source: 'Best-of-N jailbreaking (Hughes et al., arXiv 2412.03556), with attacks of this world',
  }),
  eval_filter: share('Evaluation filter', 0, {
    help: 'From the end of the stage `heads` on, every answer that the Safety head gives no more than this probability of not being unsafe is replaced by a refusal before the oracle judges it; the policy right after that stage is then evaluated too. 0 is no filter, 1 replaces all.',
    formula: '1 - P(unsafe) <= eval_filter: "sorry i refuse"',
  }),
  checkpoint_every: int('Checkpoint every', 20, [1, 1000], {
    unit: 'iterations',
    help: 'A checkpoint is stored after this many iterations and at the end of each stage. A stopped run resumes from the newest one exactly.',
  }),
});

export const engineGroup = group('Engine', 'What computes the numbers.', {
  engine: oneOf('Engine', ENGINE_CHOICES, 'auto', {
    help: 'What computes the model: `wasm` is our fused executor on the CPU (SIMD), `wgsl` the fused one on the GPU; the others run op by op in TensorFlow.js. `auto` takes `wasm`, or `wgsl` where a graphics card measures faster.',
  }),
  wasm_threads: int('CPU threads', 0, [0, 16], {
    unit: 'threads',
    help: 'Threads of the engine `wasm` (0: as many as there are cores, at most 4); the results are the same bits with any number. More than one needs a page that is served with cross-origin isolation, as `npm start` does.',
  }),
  wasm_simd: oneOf('CPU kernels', WASM_SIMD_CHOICES, 'auto', {
    help: 'Build of the kernels of `wasm`: `fused` rounds a product and a sum once, which is faster; `plain` rounds twice, with the same bits in every browser. `auto` takes `fused` where browser and processor have it, and a run goes on with the build it began on.',
  }),
  gpu_kernels: oneOf('GPU kernels', GPU_KERNEL_CHOICES, 'auto', {
    help: 'Which form of its kernels `wgsl` takes: `portable` without barriers (best on software adapters), `parallel` with workgroup memory (made for graphics cards). `auto` measures both once per adapter and remembers.',
  }),
});

export const worldGroup = group('World', 'The generated pictures that prompts are about.', {
  image_size_px: oneOf('Image size', [24, 32, 48], 32, {
    unit: 'px',
    help: 'Side of the square RGB picture. Larger pictures are easier to read and give the model more image tokens to process.',
  }),
  grid_sizes: listOf('Grid sizes', [2, 3, 4], [2, 3], {
    repeats: false,
    maxLength: 3,
    unit: 'cells per side',
    help: 'Sizes of the grids that training scenes are drawn on. Evaluation also asks about a 4 x 4 grid, whatever this says.',
  }),
  noise: share('Image noise', 0.5, {
    help: 'Strength of the jitter in position, size and brightness and of the pixel noise. At 0 each object always has the same pixels, and vision becomes a look-up.',
  }),
  attack_families: int('Attack families trained on', 8, [1, 8], {
    unit: 'families',
    help: 'Known attack families that SFT, reward heads and RL draw attacks from: the first of `prefix_injection`, `typographic`, `respelt`, `distractor`, `hierarchy`, `visual_perturbation`, `story`, `continuation`. Suites do not change: those left out are attacks that training never showed.',
  }),
  attack_compose: share('Share of composed attacks', 0, {
    help: 'Share of the attacks in training that are two known families at once: a frame around a request that another attack has changed in words or picture. Suites do not change.',
  }),
  heldout_frames: bool('Held-out frames around harmless requests', true, {
    help: 'Whether the frames of held-out attacks stand around harmless requests in training, as those of known attacks do. They teach that a frame alone is no harm, and may teach that such a frame is a sign of harmlessness.',
  }),
});

export const modelGroup = group('Model', 'The small multimodal language model that is trained.', {
  backbone: oneOf('Backbone', ['qwen-mini', 'internvl-mini', 'deepseek-mini'], 'qwen-mini', {
    help: 'The architecture, a reduced form of the backbones that the paper trains. `deepseek-mini` reads no pixels: it gets the scene in words.',
    source: 'COSMO-RL (arXiv 2510.04196); the reductions are ours',
  }),
  size: oneOf('Size', ['tiny', 'small', 'base', 'large'], 'small', {
    help: 'Width and depth of the model. Each size up costs several times the time of an iteration.',
  }),
});
