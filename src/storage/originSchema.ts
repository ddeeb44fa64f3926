// What made a run, as files hold it: the schemas of engine and code, and the texts of before 0.2.0 in their place.

import * as v from 'valibot';
import {
  type CodeIdentity,
  codeOfVersion,
  type EngineIdentity,
  engineOfText,
  SIMD_BUILDS,
} from '../terms/origin.ts';

const text = v.pipe(v.string(), v.maxLength(1000));
const hex = v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{40,64}$/)));

export const engineSchema = v.object({
  backend: text,
  adapter: text,
  simd: v.nullable(v.picklist([...SIMD_BUILDS, 'none'])),
  threads: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
}) satisfies v.GenericSchema<EngineIdentity>;

export const codeSchema = v.object({
  version: text,
  sources: hex,
  commit: hex,
  modified: v.nullable(v.boolean()),
}) satisfies v.GenericSchema<CodeIdentity>;

/** The origin of a record of before 0.2.0, as texts. */
export type OldOrigin = { device: string; codeVersion: string };

/**
 * A record of any kind and version; one of before 0.2.0 gets `engine` and `code` in the place of `device` and `codeVersion`, one of before
 * 0.3.0 the build of the kernels in the place of whether there was SIMD.
 */
export function withOrigin(record: unknown): unknown {
  if (typeof record !== 'object' || record === null) return record;
  const { device, codeVersion, ...rest } = record as { [key: string]: unknown };
  const { engine } = rest as { engine?: { simd?: unknown } | null };
  if (typeof engine?.simd === 'boolean') {
    return { ...record, engine: { ...engine, simd: engine.simd ? 'plain' : 'none' } };
  }
  if (typeof device !== 'string' || typeof codeVersion !== 'string') return record;
  return { ...rest, engine: engineOfText(device), code: codeOfVersion(codeVersion) };
}
