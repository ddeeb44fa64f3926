// A run's weights as the files of a release and its entry in the list of models. Pure: nothing is read or written.

import { UsageError } from '../../base/errors.ts';
import { DEFAULTS, type Settings, settingsOf, toFlags } from '../../config/index.ts';
import type { ModelSpec } from '../../model/graph.ts';
import { decodeHeadReports } from '../../protocol/decode.ts';
import type { ReleasedModel } from '../../protocol/inspector.ts';
import { type BundleContents, encodeHeads, encodePolicy } from '../../storage/index.ts';
import { sha256 } from '../../storage/sha256.ts';
import type { RunRecord } from '../../storage/types.ts';
import { fromTensors, toTensors } from '../../training/checkpoints.ts';
import { HEAD_CLASSES, modelSpecs } from '../../training/rewardModel.ts';
import { policyEnds } from '../evaluate/models.ts';
import { trainLine } from '../train/flags.ts';

/** The policy after each of these is released. */
export const RELEASED_STAGES = ['sft', 'stage1', 'stage2'] as const;

export type Precision = 'F16' | 'F32';

/** `files`: bytes by path below the folder of the models. `model` has no scores yet, and the run's own reports of the heads. */
export type Packed = { files: ReadonlyMap<string, Uint8Array>; model: ReleasedModel; precision: Precision };

/**
 * @throws UsageError for a run without these stages or without heads, PlaygroundError `shape-mismatch` for weights of another model,
 * RangeError naming the tensor for a number that the precision cannot hold.
 */
export function pack(
  contents: BundleContents,
  name: string,
  title: string | null,
  precision: Precision,
): Packed {
  const { run, heads } = contents;
  const settings = settingsOf(run);
  const specs = modelSpecs(settings);
  const ends = policyEnds(contents);
  const files = new Map<string, Uint8Array>();
  const half = precision === 'F16';
  const origin = { ...run, settings: portable(settings) as unknown as RunRecord['settings'] };
  const add = (stage: string, bytes: Uint8Array) => {
    const file = `${name}/${stage}.safetensors`;
    files.set(file, bytes);
    return { file, bytes: bytes.length, sha256: sha256(bytes) };
  };
  const tensorsOf = (stage: string, spec: ModelSpec, flat: Float32Array) => {
    const bad = flat.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new RangeError(`The weights of ${stage} hold ${flat[bad]}.`);
    return toTensors(spec, flat, '');
  };
  const stages = RELEASED_STAGES.map((stage) => {
    const end = ends.find((each) => each.stage === stage);
    if (!end) throw lacking(contents, `no checkpoint of the end of ${stage}`);
    const tensors = tensorsOf(stage, specs.policy, fromTensors(specs.policy, end.tensors, 'policy.'));
    return { stage, ...add(stage, encodePolicy(origin, end.manifest, tensors, half)), scores: [] };
  });
  if (!heads) throw lacking(contents, 'no reward heads');
  const model: ReleasedModel = {
    name,
    title: title ?? `${settings.backbone}, ${settings.size}`,
    createdAt: run.createdAt,
    settings: portable(settings),
    preset: run.preset,
    seed: run.seed,
    code: run.code,
    engine: run.engine,
    trainedBy: trainCommand(settings, run.preset, name),
    command: `npm run evaluate -- --model ${name} --check`,
    stages,
    heads: {
      ...add(
        'heads',
        encodeHeads(
          specs.reward.config,
          HEAD_CLASSES,
          tensorsOf('heads', specs.reward, fromTensors(specs.reward, heads.tensors, '')),
          half,
        ),
      ),
      reports: decodeHeadReports(heads.report),
    },
  };
  return { files, model, precision };
}

function lacking({ run }: BundleContents, what: string): UsageError {
  return new UsageError(
    `The run ${run.name || run.id} holds ${what}.`,
    `Release a run that went through ${RELEASED_STAGES.join(', ')} and the stage heads.`,
  );
}

/** What only says how the training machine computes is left to the machine of whoever begins from the release. */
function portable(settings: Settings): Settings {
  const { engine, wasm_threads, wasm_simd, gpu_kernels } = DEFAULTS;
  return { ...settings, engine, wasm_threads, wasm_simd, gpu_kernels };
}

/** The command that gives the run again; one that began after a stage of another run is the same run trained whole. */
function trainCommand(settings: Settings, preset: string, name: string): string {
  const { wasm_threads } = DEFAULTS;
  const words = [...toFlags({ ...settings, wasm_threads }, preset), '--out', `runs/${name}`];
  return trainLine(words, { headed: false, adapter: 'none' });
}
