// A run that goes on from another's state: which engine it keeps, and what to know where engine, program or settings are others.

import { CODE, readSettings, type Settings } from '../config/index.ts';
import type { Engine } from '../engine/types.ts';
import type { RunRecord } from '../storage/types.ts';
import { ENGINE_CHOICES, WASM_SIMD_CHOICES } from '../terms/engines.ts';
import { codeText, type Simd, sameCode } from '../terms/origin.ts';

/** Another engine would give another run: `auto` must not choose anew. */
export function engineOfRun({ engine }: RunRecord, settings: Settings): Settings['engine'] {
  return ENGINE_CHOICES.find((choice) => choice === engine.backend) ?? settings.engine;
}

/** Other kernels would give other bits. */
export function simdOfRun({ engine }: RunRecord, settings: Settings): Settings['wasm_simd'] {
  const known = engine.backend === 'wasm' && WASM_SIMD_CHOICES.find((choice) => choice === engine.simd);
  return known || settings.wasm_simd;
}

/** One sentence for each thing that is not as it was when `before` was made; `engine` is the one that goes on. */
export function continuationWarnings(before: RunRecord, engine: Pick<Engine, 'name' | 'simd'>): string[] {
  return [engineWarning(before, engine), codeWarning(before), settingsWarning(before)].filter(
    (warning) => warning !== '',
  );
}

function engineWarning({ engine: old }: RunRecord, { name, simd }: Pick<Engine, 'name' | 'simd'>): string {
  const sameKernels = old.simd === null || old.simd === simd;
  if ((old.backend === name && sameKernels) || !ENGINE_CHOICES.some((choice) => choice === old.backend))
    return '';
  const kernels = (build: Simd | null) => (old.backend === name ? ` (${build ?? 'unknown'} kernels)` : '');
  return `This run was on the engine "${old.backend}"${kernels(old.simd)} before and goes on with "${name}"${kernels(simd)}: the same settings, but a run is equal bit for bit only on one engine.`;
}

function codeWarning({ code }: RunRecord): string {
  if (sameCode(code, CODE)) return '';
  return `This run was begun with version ${codeText(code)} of the program and goes on with ${codeText(CODE)}: it may differ from a run made with one version.`;
}

function settingsWarning(before: RunRecord): string {
  const { unknown } = readSettings(before);
  if (unknown.length === 0) return '';
  return `This version does not know ${unknown.join(', ')} among the stored settings, and leaves ${unknown.length === 1 ? 'it' : 'them'} out.`;
}
