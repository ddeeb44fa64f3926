// A library as a contestant: its model, its stock or plain Adam, and sampling with a cache of keys and values.

import { Draws } from '../../engine/draws.ts';
import type { GenerateRequest, SequenceBatch } from '../../engine/types.ts';
import type { ModelSpec } from '../../model/graph.ts';
import { initialParameters } from '../../model/spec.ts';
import {
  type BenchSize,
  type Judged,
  policySpec,
  RESPONSE_TOKENS,
  type Responses,
  responsesOf,
  type Scored,
  SEED,
  scorerSpec,
} from '../task.ts';
import type { Contestant, PolicyTargets } from './contestant.ts';
import { type Decoded, type Operations, Transformer, type Value, type Weights } from './transformer.ts';

/** A function of weights and inputs. */
export type Forward<T> = (weights: Weights<T>, ...inputs: T[]) => T;

/** What a library has besides its operations. */
export interface Library<T extends Value> extends Operations<T> {
  /** What it runs on, for a person. */
  readonly adapter: string;
  array(values: Float32Array | Int32Array, shape: readonly number[]): T;
  /** The values of a result, which is gone after. */
  read(x: T): Promise<Float32Array>;
  /** A function of weights and inputs, which it takes over; results are arrays, alone or in an object. */
  compile<Inputs extends (T | T[])[], Result extends T | Decoded<T>>(
    forward: (weights: Weights<T>, ...inputs: Inputs) => Result,
  ): (weights: Weights<T>, ...inputs: Inputs) => Result;
  /** Weights with an optimiser of their own. */
  trained(spec: ModelSpec): Trained<T>;
}

export interface Trained<T> {
  weights(): Weights<T>;
  reset(parameters: Float32Array): void;
  /** An Adam step on a loss; the loss before it. */
  step(loss: Forward<T>): (...inputs: T[]) => T;
  /** Resolves when the new weights are there. */
  settle(): Promise<void>;
}

/** Arrays by name, from the flat buffer of the layout. */
export function weightsOf<T>(
  array: (values: Float32Array, shape: readonly number[]) => T,
  { layout }: ModelSpec,
  parameters: Float32Array,
): { [name: string]: T } {
  return Object.fromEntries(
    layout.slices.map(({ name, offset, size, shape }) => [
      name,
      array(parameters.subarray(offset, offset + size), shape),
    ]),
  );
}

export class LibraryContestant<T extends Value> implements Contestant {
  readonly adapter: string;
  readonly simd = null;
  private readonly spec: ModelSpec;
  private readonly policy: Trained<T>;
  private readonly reference: Weights<T>;
  private readonly scorer: Weights<T>;
  private readonly functions;

  constructor(
    private readonly library: Library<T>,
    size: BenchSize,
  ) {
    this.adapter = library.adapter;
    this.spec = policySpec(size.model);
    const scorerOf = scorerSpec(size.model);
    this.policy = library.trained(this.spec);
    this.policy.reset(initialParameters(this.spec.layout, SEED));
    const start = (spec: ModelSpec) => weightsOf(library.array, spec, initialParameters(spec.layout, SEED));
    this.reference = start(this.spec);
    this.scorer = start(scorerOf);
    const model = new Transformer(library, this.spec);
    const scorer = new Transformer(library, scorerOf);
    this.functions = {
      classes: library.compile((weights, tokens: T, patches: T) => scorer.classes(weights, tokens, patches)),
      logp: library.compile((weights, tokens: T, patches: T) => model.logp(weights, tokens, patches)),
      prefill: library.compile((weights, tokens: T, patches: T) => model.prefill(weights, tokens, patches)),
      next: library.compile((weights, caches: T[], token: T, at: T) =>
        model.next(weights, caches, token, at),
      ),
      sft: this.policy.step((weights, tokens, patches) => model.sftLoss(weights, tokens, patches)),
      policy: this.policy.step((weights, tokens, patches, old, reference, advantage) =>
        model.policyLoss(weights, tokens, patches, old, reference, advantage),
      ),
    };
  }

  async reset(): Promise<void> {
    this.policy.reset(initialParameters(this.spec.layout, SEED));
  }

  async sftStep({ batch }: Scored): Promise<number> {
    const loss = await this.library.read(this.functions.sft(...this.inputs(batch)));
    await this.policy.settle();
    return loss[0];
  }

  headsStep(): Promise<number> {
    throw new Error('the classifier of a library is not trained');
  }

  /** With a cache of keys and values: the prompts once, then a row a token. */
  async rollout(request: GenerateRequest, onTokens: (tokens: number) => void): Promise<Responses> {
    const { prompts, groupSize, maxNewTokens } = request;
    const { vocabularySize } = this.spec.config;
    const samples = prompts.batch * groupSize;
    const draws = new Draws(request, samples, vocabularySize);
    let { logits, caches } = this.functions.prefill(this.policy.weights(), ...this.inputs(prompts));
    for (let position = 0; ; position++) {
      const values = await this.library.read(logits);
      // The samples of a prompt begin with its row.
      const rowOf = (s: number) => (position === 0 ? Math.floor(s / groupSize) : s) * vocabularySize;
      for (let s = 0; s < samples; s++) draws.draw(s, values, rowOf(s));
      onTokens((position + 1) * samples);
      if (position === maxNewTokens - 1) break;
      const token = this.library.array(draws.last, [samples, 1]);
      const at = this.library.array(Int32Array.of(this.spec.imageTokens + prompts.time + position), []);
      ({ logits, caches } = this.functions.next(this.policy.weights(), caches, token, at));
    }
    for (const cache of caches) cache.dispose();
    return responsesOf(draws.generation());
  }

  score({ batch }: Judged): Promise<Float32Array> {
    return this.library.read(this.functions.classes(this.scorer, ...this.inputs(batch)));
  }

  referenceLogp({ batch }: Scored): Promise<Float32Array> {
    return this.library.read(this.functions.logp(this.reference, ...this.inputs(batch)));
  }

  async policyStep({ batch }: Scored, targets: PolicyTargets): Promise<void> {
    const shape = [batch.batch, RESPONSE_TOKENS];
    const loss = this.functions.policy(
      ...this.inputs(batch),
      this.library.array(targets.oldLogp, shape),
      this.library.array(targets.referenceLogp, shape),
      this.library.array(targets.advantages, [batch.batch, 1]),
    );
    loss.dispose();
    await this.policy.settle();
  }

  counters(): null {
    return null;
  }

  private inputs({ batch, time, tokens, patches }: SequenceBatch): [T, T] {
    const { imageTokens, patchValues } = this.spec;
    return [
      this.library.array(tokens, [batch, time]),
      this.library.array(patches!, [batch, imageTokens, patchValues]),
    ];
  }
}
