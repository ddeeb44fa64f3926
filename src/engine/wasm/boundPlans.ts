// The bound plans of one model: found or made by shape, tied to the arena where it now stands, with views into it.

import { PlaygroundError } from '../../base/errors.ts';
import type { ModelSpec } from '../../model/graph.ts';
import { makePlan, type Plan, type PlanKind } from '../plan/plan.ts';
import { compile, type Program } from './executor.ts';
import type { Binding } from './frame.ts';
import type { Kernels } from './kernels.ts';
import type { LinearMemory, Region } from './memory.ts';
import { makeViews, type PlanViews } from './planViews.ts';

/** Plans kept per model; the least recently used goes first. */
const MAX_PLANS = 24;

/** What all models of one engine share. */
export type Shared = {
  kernels: Kernels;
  memory: LinearMemory;
  scratch: Region;
  /** One arena for all plans, since one runs at a time; `generation` counts its moves. */
  arena: { region: Region; generation: number };
};

/** What a plan is for: a pass over whole sequences, or one token per row from the cache. */
export type PlanUse = PlanKind | 'decode';

/** A plan with its calls and views, which `BoundPlans.bind` sets. */
export class Bound {
  program!: Program;
  views!: PlanViews;
  /** The arena's generation that the calls hold addresses of. */
  arenaGeneration = -1;
  /** The memory's growths that the views were made after. */
  growths = -1;
  lastUse = 0;

  constructor(
    readonly use: PlanUse,
    readonly plan: Plan,
  ) {}
}

/** Keys and values of the sequences in decoding: [layer][row][capacity][2 width]. */
export type DecodeCache = {
  region: Region;
  /** Cache row of each decoded row; while prompts are read, the first row of each prompt. */
  slots: Region;
  /** Cache rows of each prompt. */
  counts: Region;
  capacity: number;
  rows: number;
};

/** Where a model's own buffers lie. */
export type ModelRegions = { parameters: Region; gradients: Region; ropeTable: Region };

/** The error with the model and the batch that have no room. */
function forPlan(
  { code, message, hint, details }: PlaygroundError,
  { config: { backbone, size } }: ModelSpec,
  { shape: { batch, time } }: Plan,
): PlaygroundError {
  const sentence = `A batch of ${batch} sequences of ${time} tokens through ${backbone} ${size} finds no room. ${message}`;
  return new PlaygroundError(code, sentence, hint, { ...details, batch, time });
}

export class BoundPlans {
  cache: DecodeCache | null = null;
  // A short list searched from the front: a look-up builds no key, and a step makes no garbage.
  private bound: Bound[] = [];
  private uses = 0;

  constructor(
    private readonly shared: Shared,
    private readonly spec: ModelSpec,
    private readonly regions: ModelRegions,
  ) {}

  /** Gives the cache back; the plans forget their addresses. */
  dispose(): void {
    this.releaseCache();
    this.bound = [];
  }

  private releaseCache(): void {
    if (!this.cache) return;
    const { region, slots, counts } = this.cache;
    for (const part of [region, slots, counts]) this.shared.memory.release(part);
    this.cache = null;
  }

  /** A cache for at least this many rows and positions; what was in it is lost when it grows. */
  prepareCache(slots: number, capacity: number): DecodeCache {
    const { memory } = this.shared;
    const { width, layers } = this.spec.dimensions;
    if (this.cache && this.cache.rows >= slots && this.cache.capacity >= capacity) return this.cache;
    this.releaseCache();
    this.cache = {
      region: memory.allocate(layers * slots * capacity * 2 * width),
      slots: memory.allocate(slots),
      counts: memory.allocate(slots),
      capacity,
      rows: slots,
    };
    this.bound = this.bound.filter(({ use }) => use !== 'decode' && use !== 'prefill');
    return this.cache;
  }

  /** Finds or makes the plan of a shape, bound to the arena where it now stands. */
  bind(use: PlanUse, batch: number, time: number, outputs: number): Bound {
    const { arena, memory } = this.shared;
    const found = this.find(use, batch, time, outputs) ?? this.add(use, batch, time, outputs);
    found.lastUse = ++this.uses;
    this.growArena(found.plan);
    if (found.arenaGeneration !== arena.generation) {
      found.program = this.compiled(use, found.plan);
      found.arenaGeneration = arena.generation;
      found.growths = -1;
    }
    if (found.growths !== memory.growths) {
      found.views = makeViews(memory, arena.region.pointer, this.spec, found.plan);
      found.growths = memory.growths;
    }
    return found;
  }

  private find(use: PlanUse, batch: number, time: number, outputs: number): Bound | null {
    for (const bound of this.bound) {
      const { shape } = bound.plan;
      const fits = shape.batch === batch && shape.time === time && shape.outputs === outputs;
      if (fits && bound.use === use) return bound;
    }
    return null;
  }

  private add(use: PlanUse, batch: number, time: number, outputs: number): Bound {
    const shape = { batch, time, outputs };
    const plan =
      use === 'decode'
        ? makePlan(this.spec.decode!, shape, 'inference')
        : makePlan(this.spec.full, shape, use);
    if (this.bound.length >= MAX_PLANS) {
      const oldest = this.bound.reduce((a, b) => (b.lastUse < a.lastUse ? b : a));
      this.bound.splice(this.bound.indexOf(oldest), 1);
    }
    const added = new Bound(use, plan);
    this.bound.push(added);
    return added;
  }

  /** Makes room for a plan of this size; plans that were bound before are then bound anew. */
  private growArena(plan: Plan): void {
    const { arena, memory } = this.shared;
    if (plan.size <= arena.region.length) return;
    memory.release(arena.region);
    // A failed allocation leaves no arena: plans of before must not write where another region may come to lie.
    arena.region = { pointer: 0, length: 0 };
    arena.generation++;
    try {
      arena.region = memory.allocate(plan.size);
    } catch (error) {
      throw error instanceof PlaygroundError ? forPlan(error, this.spec, plan) : error;
    }
  }

  private compiled(use: PlanUse, plan: Plan): Program {
    const { cache, regions, shared, spec } = this;
    const usesCache = use === 'decode' || use === 'prefill';
    const binding: Binding = {
      arena: shared.arena.region.pointer,
      parameters: regions.parameters.pointer,
      gradients: regions.gradients.pointer,
      scratch: shared.scratch.pointer,
      ropeTable: regions.ropeTable.pointer,
      cache:
        usesCache && cache
          ? {
              pointer: cache.region.pointer,
              layerBytes: cache.rows * cache.capacity * 2 * spec.dimensions.width * 4,
              capacity: cache.capacity,
              slots: cache.slots.pointer,
              counts: cache.counts.pointer,
            }
          : null,
    };
    return compile(shared.kernels, spec, plan, binding);
  }
}
