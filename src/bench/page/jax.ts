// jax-js as a contestant: jitted functions with static shapes, weights and moments kept on the device.

import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { sampleToken, sampleUniform } from '../../engine/sampler.ts';
import type { SequenceBatch } from '../../engine/types.ts';
import type { ModelSpec } from '../../model/graph.ts';
import { initialParameters } from '../../model/spec.ts';
import {
  ADAM,
  type BenchSize,
  demonstrations,
  KL_WEIGHT,
  makePrompts,
  PROMPT_TOKENS,
  policySpec,
  RATIO_CLIP,
  RESPONSE_TOKENS,
  type Responses,
  SEED,
  scorerSpec,
  sequences,
  TEXT_TOKENS,
} from '../task.ts';
import type { Contestant, PolicyBatch } from './contestant.ts';
import { type JaxWeights, jaxClasses, jaxLogits, jaxRowLogits, jaxWeights } from './jaxModel.ts';

type State = { weights: JaxWeights; first: JaxWeights; second: JaxWeights };

/** Starts jax-js on a device. @throws Error where it has none. */
export async function startJax(backend: string, size: BenchSize): Promise<Contestant> {
  const device = backend === 'webgpu' ? 'webgpu' : 'wasm';
  if (!(await init(device)).includes(device)) throw new Error(`jax-js has no device "${device}" here`);
  defaultDevice(device);
  const threads =
    typeof SharedArrayBuffer === 'undefined' ? '1 thread' : `${navigator.hardwareConcurrency} threads`;
  return new JaxContestant(device === 'wasm' ? `jax-js wasm, ${threads}` : 'jax-js webgpu', size);
}

class JaxContestant implements Contestant {
  private readonly spec: ModelSpec;
  private readonly reference: JaxWeights;
  private readonly scorer: JaxWeights;
  private readonly prompts;
  private readonly demonstrations: SequenceBatch;
  private readonly functions;
  private state: State;
  private steps = 0;

  constructor(
    readonly adapter: string,
    private readonly size: BenchSize,
  ) {
    this.spec = policySpec(size.model);
    const scorer = scorerSpec(size.model);
    const start = initialParameters(this.spec.layout, SEED);
    this.state = freshState(this.spec, start);
    this.reference = jaxWeights(this.spec, start);
    this.scorer = jaxWeights(scorer, initialParameters(scorer.layout, SEED));
    this.prompts = makePrompts(this.spec, size.batch);
    this.demonstrations = this.sequences(demonstrations(this.prompts), 0, size.batch);
    this.functions = makeFunctions(this.spec, scorer);
  }

  async reset(): Promise<void> {
    tree.dispose(this.state);
    this.state = freshState(this.spec, initialParameters(this.spec.layout, SEED));
    this.steps = 0;
  }

  async sftStep(): Promise<number> {
    const { loss, state } = this.functions.sft(this.state, this.rates(), ...this.inputs(this.demonstrations));
    this.state = state;
    const value = (await loss.data())[0];
    await blockUntilReady(this.state.weights);
    return value;
  }

  async rollout(round: number, onTokens: (tokens: number) => void): Promise<Responses> {
    const { batch } = this.size;
    const result = {
      tokens: new Int32Array(batch * RESPONSE_TOKENS),
      logp: new Float32Array(batch * RESPONSE_TOKENS),
    };
    const { vocabularySize } = this.spec.config;
    for (let position = 0; position < RESPONSE_TOKENS; position++) {
      // The full length every time: a length that grows would be traced and compiled anew for each token.
      const [tokens, patches] = this.inputs(this.sequences(result.tokens, 0, batch));
      const row = np.array(Int32Array.of(PROMPT_TOKENS + position - 1), { shape: [], dtype: np.int32 });
      const values = await this.functions.next(tree.ref(this.state.weights), tokens, patches, row).data();
      for (let b = 0; b < batch; b++) {
        const uniform = sampleUniform(SEED, round, b, position);
        const free = { temperature: 1, topK: 0, topP: 1 };
        const drawn = sampleToken(values as Float32Array, b * vocabularySize, vocabularySize, free, uniform);
        result.tokens[b * RESPONSE_TOKENS + position] = drawn.token;
        result.logp[b * RESPONSE_TOKENS + position] = drawn.logp;
      }
      onTokens((position + 1) * batch);
    }
    return result;
  }

  async score(responses: Int32Array): Promise<Float32Array> {
    const inputs = this.inputs(this.sequences(responses, 0, this.size.batch));
    return (await this.functions.classes(tree.ref(this.scorer), ...inputs).data()) as Float32Array;
  }

  async referenceLogp(responses: Int32Array): Promise<Float32Array> {
    const inputs = this.inputs(this.sequences(responses, 0, this.size.batch));
    return (await this.functions.logp(tree.ref(this.reference), ...inputs).data()) as Float32Array;
  }

  async policyStep({ from, to, responses, ...part }: PolicyBatch): Promise<void> {
    const shape = [to - from, RESPONSE_TOKENS];
    const { loss, state } = this.functions.policy(
      this.state,
      this.rates(),
      ...this.inputs(this.sequences(responses, from, to)),
      np.array(part.oldLogp.slice(), { shape }),
      np.array(part.referenceLogp.slice(), { shape }),
      np.array(part.advantages.slice(), { shape: [to - from, 1] }),
    );
    this.state = state;
    loss.dispose();
    await blockUntilReady(this.state.weights);
  }

  counters(): null {
    return null;
  }

  dispose(): void {
    for (const weights of [this.state, this.reference, this.scorer]) tree.dispose(weights);
  }

  /** Learning rate and the bias corrections of Adam as data, so that no step is compiled twice. */
  private rates(): np.Array {
    this.steps++;
    const { learningRate, beta1, beta2 } = ADAM;
    return np.array(Float32Array.of(learningRate, 1 - beta1 ** this.steps, 1 - beta2 ** this.steps));
  }

  private sequences(responses: Int32Array, from: number, to: number): SequenceBatch {
    return sequences(this.spec, this.prompts, responses, from, to);
  }

  private inputs({ batch, time, tokens, patches }: SequenceBatch): [np.Array, np.Array] {
    const { imageTokens, patchValues } = this.spec;
    return [
      np.array(tokens.slice(), { shape: [batch, time], dtype: np.int32 }),
      np.array(patches!.slice(), { shape: [batch, imageTokens, patchValues] }),
    ];
  }
}

/** The traced functions: a step is loss, gradient and Adam in one, as one jit fuses best. */
function makeFunctions(spec: ModelSpec, scorer: ModelSpec) {
  const logp = (weights: JaxWeights, tokens: np.Array, patches: np.Array): np.Array => {
    const targets = tokens.ref.slice([], [PROMPT_TOKENS, TEXT_TOKENS]);
    const logits = jaxLogits(spec, weights, tokens, patches, PROMPT_TOKENS - 1, TEXT_TOKENS - 1);
    const hot = nn.oneHot(targets, spec.config.vocabularySize);
    return nn.logSoftmax(logits).mul(hot).sum(-1);
  };
  const step = (state: State, rates: np.Array, lossOf: (weights: JaxWeights) => np.Array) => {
    const [loss, gradient] = valueAndGrad(lossOf)(tree.ref(state.weights));
    return { loss, state: adam(state, gradient as JaxWeights, rates) };
  };
  return {
    logp: jit(logp),
    classes: jit((weights: JaxWeights, tokens: np.Array, patches: np.Array) =>
      jaxClasses(scorer, weights, tokens, patches),
    ),
    next: jit((weights: JaxWeights, tokens: np.Array, patches: np.Array, row: np.Array) =>
      jaxRowLogits(spec, weights, tokens, patches, row),
    ),
    sft: jit((state: State, rates: np.Array, tokens: np.Array, patches: np.Array) =>
      step(state, rates, (weights) => np.mean(logp(weights, tokens, patches)).neg()),
    ),
    policy: jit(
      (
        state: State,
        rates: np.Array,
        tokens: np.Array,
        patches: np.Array,
        oldLogp: np.Array,
        referenceLogp: np.Array,
        advantage: np.Array,
      ) =>
        step(state, rates, (weights) => {
          const now = logp(weights, tokens, patches);
          const ratio = np.exp(now.ref.sub(oldLogp));
          const clipped = np.clip(ratio.ref, 1 - RATIO_CLIP, 1 + RATIO_CLIP);
          const surrogate = np.minimum(ratio.mul(advantage.ref), clipped.mul(advantage));
          const apart = referenceLogp.sub(now);
          const kl = np.exp(apart.ref).sub(apart).sub(1);
          return np.mean(kl.mul(KL_WEIGHT).sub(surrogate));
        }),
    ),
  };
}

function freshState(spec: ModelSpec, parameters: Float32Array): State {
  const zeros = () => jaxWeights(spec, new Float32Array(parameters.length));
  return { weights: jaxWeights(spec, parameters), first: zeros(), second: zeros() };
}

/** Adam (Kingma, Ba 2015) on each array; `rates` holds the learning rate and both bias corrections. */
function adam(state: State, gradient: JaxWeights, rates: np.Array): State {
  const { beta1, beta2, epsilon } = ADAM;
  const next: State = { weights: {}, first: {}, second: {} };
  for (const name of Object.keys(state.weights)) {
    const g = gradient[name];
    const first = state.first[name].mul(beta1).add(g.ref.mul(1 - beta1));
    const second = state.second[name].mul(beta2).add(np.square(g).mul(1 - beta2));
    const [rate, correction1, correction2] = [0, 1, 2].map((i) => rates.ref.slice(i));
    const root = np.sqrt(np.trueDivide(second.ref, correction2)).add(epsilon);
    const change = np.trueDivide(np.trueDivide(first.ref, correction1), root);
    next.weights[name] = state.weights[name].sub(change.mul(rate));
    next.first[name] = first;
    next.second[name] = second;
  }
  rates.dispose();
  return next;
}
