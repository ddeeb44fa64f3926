// A library as a contestant: its model, its stock or plain Adam, and sampling that recomputes the whole sequence for each token.

import { Draws } from '../../engine/draws.ts';
import type { SequenceBatch } from '../../engine/types.ts';
import type { ModelSpec } from '../../model/graph.ts';
import { initialParameters } from '../../model/spec.ts';
import {
  Batches,
  type BenchSize,
  PROMPT_TOKENS,
  policySpec,
  RESPONSE_TOKENS,
  type Responses,
  responsesOf,
  SEED,
  scorerSpec,
} from '../task.ts';
import type { Contestant, PolicyBatch } from './contestant.ts';
import { type Operations, Transformer, type Value, type Weights } from './transformer.ts';

/** A function of weights and inputs; a compiled one takes its inputs over. */
export type Forward<T> = (weights: Weights<T>, ...inputs: T[]) => T;

/** What a library has besides its operations. */
export interface Library<T extends Value> extends Operations<T> {
  /** What it runs on, for a person. */
  readonly adapter: string;
  /** A length that grows is no reason to compile anew. */
  readonly freeShapes: boolean;
  array(values: Float32Array | Int32Array, shape: readonly number[]): T;
  /** The values of a result, which is gone after. */
  read(x: T): Promise<Float32Array>;
  compile(forward: Forward<T>): Forward<T>;
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
  private readonly spec: ModelSpec;
  private readonly batches: Batches;
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
    this.batches = new Batches(this.spec, size.batch);
    const scorerOf = scorerSpec(size.model);
    this.policy = library.trained(this.spec);
    this.policy.reset(initialParameters(this.spec.layout, SEED));
    const start = (spec: ModelSpec) => weightsOf(library.array, spec, initialParameters(spec.layout, SEED));
    this.reference = start(this.spec);
    this.scorer = start(scorerOf);
    const model = new Transformer(library, this.spec);
    const scorer = new Transformer(library, scorerOf);
    this.functions = {
      classes: library.compile((weights, tokens, patches) => scorer.classes(weights, tokens, patches)),
      logp: library.compile((weights, tokens, patches) => model.logp(weights, tokens, patches)),
      next: library.compile((weights, tokens, patches, row) =>
        model.logits(weights, tokens, patches, (x) => library.row(x, row)),
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

  async sftStep(): Promise<number> {
    const loss = await this.library.read(this.functions.sft(...this.inputs(this.batches.demonstrations)));
    await this.policy.settle();
    return loss[0];
  }

  async rollout(round: number, onTokens: (tokens: number) => void): Promise<Responses> {
    const { size } = this.batches;
    const { vocabularySize } = this.spec.config;
    const draws = new Draws(this.batches.request(round), size, vocabularySize);
    const tokens = new Int32Array(size * RESPONSE_TOKENS);
    for (let position = 0; position < RESPONSE_TOKENS; position++) {
      const length = PROMPT_TOKENS + position;
      const all = this.batches.of(tokens);
      // Where each length would be traced and compiled anew, the full length every time.
      const inputs = this.inputs(this.library.freeShapes ? cut(all, length) : all);
      const row = this.library.array(Int32Array.of(this.spec.imageTokens + length - 1), []);
      const logits = this.functions.next(this.policy.weights(), ...inputs, row);
      const values = await this.library.read(logits);
      for (let b = 0; b < size; b++) {
        draws.draw(b, values, b * vocabularySize);
        tokens[b * RESPONSE_TOKENS + position] = draws.last[b];
      }
      onTokens((position + 1) * size);
    }
    return responsesOf(draws.generation());
  }

  score(responses: Int32Array): Promise<Float32Array> {
    const inputs = this.inputs(this.batches.of(responses));
    return this.library.read(this.functions.classes(this.scorer, ...inputs));
  }

  referenceLogp(responses: Int32Array): Promise<Float32Array> {
    const inputs = this.inputs(this.batches.of(responses));
    return this.library.read(this.functions.logp(this.reference, ...inputs));
  }

  async policyStep({ from, to, responses, ...part }: PolicyBatch): Promise<void> {
    const shape = [to - from, RESPONSE_TOKENS];
    const loss = this.functions.policy(
      ...this.inputs(this.batches.of(responses, from, to)),
      this.library.array(part.oldLogp, shape),
      this.library.array(part.referenceLogp, shape),
      this.library.array(part.advantages, [to - from, 1]),
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

/** The first `time` tokens of each item. */
function cut(all: SequenceBatch, time: number): SequenceBatch {
  const tokens = new Int32Array(all.batch * time);
  for (let b = 0; b < all.batch; b++)
    tokens.set(all.tokens.subarray(b * all.time, b * all.time + time), b * time);
  return { ...all, time, tokens };
}
