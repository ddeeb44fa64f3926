// The bound plans of one model: one for each use, with room for the largest batch so far, tied to the arena where it now stands.

import { PlaygroundError } from '../../base/errors.ts';
import type { ModelSpec } from '../../model/graph.ts';
import { Packing } from '../plan/packing.ts';
import { makePlan, type Plan } from '../plan/plan.ts';
import { hasRoom, type PlanKind, type PlanShape, roomyShape, setCounts } from '../plan/planShape.ts';
import { compile, type Program } from './executor.ts';
import type { Binding } from './frame.ts';
import type { Kernels } from './kernels.ts';
import type { LinearMemory, Region } from './memory.ts';
import { makeViews, type PlanViews } from './planViews.ts';

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
  /** The memory's growths that the views were made after, and the output rows that they show. */
  growths = -1;
  outputs = -1;

  constructor(
    readonly use: PlanUse,
    readonly plan: Plan,
  ) {}
}

/** Keys and values in decoding, [layer][row][2 width]: the rows of the prompts, then those of each sample's tokens. */
type DecodeCache = { region: Region; rows: number };

/** Where a model's own buffers lie. */
export type ModelRegions = { parameters: Region; gradients: Region; ropeTable: Region };

/** The error with the model and the batch that have no room. */
function forBatch(
  { code, message, hint, details }: PlaygroundError,
  { config: { backbone, size } }: ModelSpec,
  { sequences }: PlanShape,
): PlaygroundError {
  const sentence = `A batch of ${sequences} rows through ${backbone} ${size} finds no room. ${message}`;
  return new PlaygroundError(code, sentence, hint, { ...details, sequences });
}

export class BoundPlans {
  readonly packing: Packing;
  private bound: { [use in PlanUse]?: Bound } = {};
  private cache: DecodeCache | null = null;

  constructor(
    private readonly shared: Shared,
    private readonly spec: ModelSpec,
    private readonly regions: ModelRegions,
  ) {
    this.packing = new Packing(spec.imageTokens);
  }

  /** Gives the cache back; the plans forget their addresses. */
  dispose(): void {
    this.releaseCache();
    this.bound = {};
  }

  private releaseCache(): void {
    if (this.cache) this.shared.memory.release(this.cache.region);
    this.cache = null;
  }

  /** A cache for at least this many rows; what was in it is lost when it grows. */
  prepareCache(rows: number): void {
    if (this.cache && this.cache.rows >= rows) return;
    const { width, layers } = this.spec.dimensions;
    this.releaseCache();
    this.cache = { region: this.shared.memory.allocate(layers * rows * 2 * width), rows };
    delete this.bound.decode;
    delete this.bound.prefill;
  }

  /** The plan of a use with room for these counts, which become the ones in use, bound to the arena where it now stands. */
  bind(use: PlanUse, counts: PlanShape): Bound {
    const { arena, memory } = this.shared;
    const known = this.bound[use];
    const found = known && hasRoom(known.plan.shape, counts) ? known : this.add(use, counts);
    this.growArena(found, counts);
    if (found.arenaGeneration !== arena.generation) {
      found.program = this.compiled(use, found.plan);
      found.arenaGeneration = arena.generation;
      found.growths = -1;
    }
    if (found.growths !== memory.growths || found.outputs !== counts.outputs) {
      found.views = makeViews(memory, arena.region.pointer, this.spec, found.plan, counts.outputs);
      found.growths = memory.growths;
      found.outputs = counts.outputs;
    }
    setCounts(found.program.active, counts);
    return found;
  }

  private add(use: PlanUse, counts: PlanShape): Bound {
    const shape = roomyShape(counts, this.bound[use]?.plan.shape);
    const plan =
      use === 'decode'
        ? makePlan(this.spec.decode!, shape, 'inference')
        : makePlan(this.spec.full, shape, use);
    const added = new Bound(use, plan);
    this.bound[use] = added;
    return added;
  }

  /** Makes room for a plan; plans that were bound before are then bound anew. */
  private growArena({ use, plan }: Bound, counts: PlanShape): void {
    const { arena, memory } = this.shared;
    if (plan.size <= arena.region.length) return;
    memory.release(arena.region);
    // A failed allocation leaves no arena: plans of before must not write where another region may come to lie.
    arena.region = { pointer: 0, length: 0 };
    arena.generation++;
    try {
      arena.region = memory.allocate(plan.size);
    } catch (error) {
      // Smaller batches get a plan of their own size again.
      delete this.bound[use];
      throw error instanceof PlaygroundError ? forBatch(error, this.spec, counts) : error;
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
              layerBytes: cache.rows * 2 * spec.dimensions.width * 4,
            }
          : null,
    };
    return compile(shared.kernels, spec, plan, binding);
  }
}
