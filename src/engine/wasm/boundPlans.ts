// The bound plans of one model: found or made by shape, tied to the arena where it now stands, with views into it.

import type { ModelSpec } from '../../model/graph.ts';
import { makePlan, type Plan, type PlanInput, type PlanKind, type PlanShape } from '../plan/plan.ts';
import { compile, type Program } from './executor.ts';
import type { Binding } from './frame.ts';
import type { Kernels } from './kernels.ts';
import type { LinearMemory, Region } from './memory.ts';

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

export type Bound = { plan: Plan; program: Program; generation: number; cacheKey: number };

/** Keys and values of the sequences in decoding: [layer][row][capacity][2 width]. */
export type DecodeCache = { region: Region; slots: Region; counts: Region; capacity: number; rows: number };

/** Where a model's own buffers lie. */
export type ModelRegions = { parameters: Region; gradients: Region; ropeTable: Region };

export class BoundPlans {
  cache: DecodeCache | null = null;
  private readonly bound = new Map<string, Bound>();

  constructor(
    private readonly shared: Shared,
    private readonly spec: ModelSpec,
    private readonly regions: ModelRegions,
  ) {}

  /** Gives the cache back; the plans forget their addresses. */
  dispose(): void {
    this.releaseCache();
    this.bound.clear();
  }

  private releaseCache(): void {
    if (!this.cache) return;
    const { region, slots, counts } = this.cache;
    for (const part of [region, slots, counts]) this.shared.memory.release(part);
    this.cache = null;
  }

  /** A cache for at least this many rows and positions; what was in it is lost when it grows. */
  prepareCache(slots: number, capacity: number): void {
    const { memory } = this.shared;
    const { width, layers } = this.spec.dimensions;
    if (this.cache && this.cache.rows >= slots && this.cache.capacity >= capacity) return;
    this.releaseCache();
    this.cache = {
      region: memory.allocate(layers * slots * capacity * 2 * width),
      slots: memory.allocate(slots),
      counts: memory.allocate(slots),
      capacity,
      rows: slots,
    };
    for (const [key, bound] of this.bound) if (bound.cacheKey !== 0) this.bound.delete(key);
  }

  /** Finds or makes the plan of a shape, bound to the arena where it now stands. */
  bind(shape: PlanShape, kind: PlanKind, decode: boolean): Bound {
    const key = `${decode ? 'decode' : kind}:${shape.batch}x${shape.time}:${shape.outputs}`;
    const { arena, memory } = this.shared;
    let bound = this.bound.get(key);
    const plan = bound?.plan ?? makePlan(decode ? this.spec.decode! : this.spec.full, shape, kind);
    if (plan.size > arena.region.length) {
      memory.release(arena.region);
      arena.region = memory.allocate(plan.size);
      arena.generation++;
    }
    if (bound && bound.generation === arena.generation) {
      this.bound.delete(key);
      this.bound.set(key, bound);
      return bound;
    }
    const usesCache = decode || kind === 'prefill';
    const { cache } = this;
    const { width } = this.spec.dimensions;
    const binding: Binding = {
      arena: arena.region.pointer,
      parameters: this.regions.parameters.pointer,
      gradients: this.regions.gradients.pointer,
      scratch: this.shared.scratch.pointer,
      ropeTable: this.regions.ropeTable.pointer,
      cache:
        usesCache && cache
          ? {
              pointer: cache.region.pointer,
              layerBytes: cache.rows * cache.capacity * 2 * width * 4,
              capacity: cache.capacity,
              slots: cache.slots.pointer,
              counts: cache.counts.pointer,
            }
          : null,
    };
    bound = {
      plan,
      program: compile(this.shared.kernels, this.spec, plan, binding),
      generation: arena.generation,
      cacheKey: usesCache ? 1 : 0,
    };
    this.bound.set(key, bound);
    if (this.bound.size > MAX_PLANS) this.bound.delete(this.bound.keys().next().value!);
    return bound;
  }

  /** Part of the arena as float32; `offset` as the plan gives it. Valid until the memory grows. */
  arenaView(offset: number, length: number): Float32Array {
    const { memory, arena } = this.shared;
    return memory.f32({ pointer: arena.region.pointer + offset * 4, length });
  }

  floats(plan: Plan, input: PlanInput, length: number): Float32Array {
    return this.arenaView(plan.inputs[input], length);
  }

  ints(plan: Plan, input: PlanInput, length: number): Int32Array {
    const { memory, arena } = this.shared;
    return memory.i32({ pointer: arena.region.pointer + plan.inputs[input] * 4, length });
  }
}
