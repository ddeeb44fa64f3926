// Whether the work of a run fits into the buffers of an adapter, by the plans that it will be done with.

import type { ModelSpec } from '../../model/graph.ts';
import { makePlan } from '../plan/plan.ts';
import { cacheLength, shapeOf, type Workload, workloadName } from '../workload.ts';
import type { Gpu } from './gpu.ts';
import { partialLayout } from './partials.ts';
import type { Variants } from './variants.ts';

/** @throws PlaygroundError `out-of-memory` that names the first work with a buffer over the adapter's limit, and the limit. */
export function requireRoom(
  gpu: Gpu,
  variants: Variants,
  models: readonly ModelSpec[],
  work: readonly Workload[],
): void {
  for (const { layout, config } of models)
    gpu.requireRoom(4 * layout.size, 'buffer of parameters', `${config.backbone} ${config.size}`);
  for (const each of work) {
    const { spec, kind } = each;
    const shape = shapeOf(each);
    const plan = makePlan(spec.full, shape, kind, 'logSumExp');
    const buffers = {
      arena: plan.size,
      partials: kind === 'training' ? partialLayout(spec.layout, plan, variants.rowsPerPlane).size : 0,
      // The pictures are the bulk of what the host writes.
      inputs: shape.pictures * spec.imageTokens * spec.patchValues,
      cache: cacheLength(each),
    };
    for (const [name, length] of Object.entries(buffers))
      gpu.requireRoom(4 * length, `${name} buffer`, workloadName(each), each.advice);
  }
}
