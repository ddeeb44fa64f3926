// Records and bundles as versions before 0.2.0 wrote them, by hand.

import { strToU8, unzipSync, zipSync } from 'fflate';
import { crc32 } from '../../src/storage/crc32.ts';
import type { OldRunRecord, OldSampleBatch } from '../../src/storage/olderRecords.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/storage/safetensors.ts';
import type { RunRecord, SampleBatch } from '../../src/storage/types.ts';
import { engineText } from '../../src/terms/origin.ts';

/** The batch with what an older record held of its verdicts: the classes of `safety`. */
export function olderBatch({ headVerdicts, oracleClasses, ...rest }: SampleBatch): OldSampleBatch {
  return { ...rest, verdicts: headVerdicts.safety.classes, oracleVerdicts: oracleClasses.safety };
}

/** What is known of such a batch today. */
export function olderBatchRead(batch: SampleBatch): SampleBatch {
  const { classes } = batch.headVerdicts.safety;
  return {
    ...batch,
    headVerdicts: { safety: { classes, probabilities: new Float32Array(classes.length).fill(Number.NaN) } },
    oracleClasses: { safety: batch.oracleClasses.safety },
  };
}

/** The run with its engine and version as the texts that an older record held. */
export function olderRun({ code, engine, ...rest }: RunRecord): OldRunRecord {
  return { ...rest, device: engineText(engine), codeVersion: code.version };
}

/** What is known of such a run today. */
export function olderRunRead(run: RunRecord): RunRecord {
  return { ...run, code: { version: run.code.version, sources: null, commit: null, modified: null } };
}

/** A bundle of today with its files in the shapes of version 1. */
export function olderBundle(bundle: Uint8Array): Uint8Array {
  const files = unzipSync(bundle);
  const json = (path: string) => JSON.parse(new TextDecoder().decode(files[path]));
  for (const path of Object.keys(files).filter((name) => /^samples\/\d+\.safetensors$/.test(name))) {
    const tensors = Object.entries(decodeSafetensors(files[path], path));
    files[path] = encodeSafetensors(
      Object.fromEntries(
        tensors.flatMap(([name, tensor]) => {
          if (name === 'verdicts/safety/classes') return [['verdicts', tensor]];
          if (name === 'oracle/safety') return [['oracleVerdicts', tensor]];
          return /^(verdicts|oracle)\//.test(name) ? [] : [[name, tensor]];
        }),
      ),
    );
  }
  const index = json('samples/index.json') as { [key: string]: unknown }[];
  files['samples/index.json'] = strToU8(
    JSON.stringify(index.map(({ heads: _heads, oracle: _oracle, ...entry }) => entry)),
  );
  files['config.json'] = strToU8(JSON.stringify(olderRun(json('config.json'))));
  const { 'manifest.json': _, ...others } = files;
  const sums = Object.entries(others).map(([path, bytes]) => [
    path,
    { bytes: bytes.length, crc32: crc32(bytes) },
  ]);
  const manifest = { ...json('manifest.json'), version: 1, files: Object.fromEntries(sums) };
  return zipSync({ 'manifest.json': strToU8(JSON.stringify(manifest)), ...others });
}
