// The reader in examples/python, made from docs/FORMATS.md alone, gives what the engine gives.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validateSettings } from '../../src/config/index.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { Releases } from '../../src/releases/releases.ts';
import { MemoryStore } from '../../src/storage/index.ts';
import type { RunRecord } from '../../src/storage/types.ts';
import { installOnDebian, isDebianRoot } from '../../src/tooling/debian.ts';
import { SequenceEncoder } from '../../src/training/sequences.ts';
import { worldOf } from '../../src/world/index.ts';
import { EOS, encode, SEP, VOCABULARY } from '../../src/world/vocabulary.ts';
import { makeBatch, makeRun } from '../storage/records.ts';
import { testFolder } from '../support/testFolder.ts';

const READER = 'examples/python/cosmo_numpy.py';
const MODELS = 'public/models';
const TOLERANCE = 1e-4;

/** A Python that has numpy; on Debian as root it is installed. */
function pythonWithNumpy(): string | null {
  const found = () =>
    ['python3', '/usr/bin/python3'].find(
      (python) => spawnSync(python, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0,
    );
  if (found() === undefined && isDebianRoot())
    installOnDebian(['python3-numpy'], 'Installing python3-numpy for the Python example ...');
  return found() ?? null;
}

const python = pythonWithNumpy();
if (python === null) console.warn(`No python3 with numpy is here: the tests of ${READER} are left out.`);

type Request = { tokens: number[]; pixels: number[][][] | null };

function run(args: readonly string[], input = ''): string {
  const result = spawnSync(python ?? '', [READER, ...args], { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (result.status !== 0) throw new Error(result.stderr);
  return result.stdout;
}

const ask = (file: string, requests: readonly Request[]) =>
  JSON.parse(run(['logits', `${MODELS}/${file}`], JSON.stringify(requests)));

/** Pixels [size][size][3] out of a flat picture. */
function nested(pixels: Float32Array, sizePx: number): number[][][] {
  return Array.from({ length: sizePx }, (_, y) =>
    Array.from({ length: sizePx }, (_, x) => [
      ...pixels.subarray((y * sizePx + x) * 3, (y * sizePx + x) * 3 + 3),
    ]),
  );
}

it('vocab.json holds the word of each token', () => {
  expect(JSON.parse(readFileSync(`${MODELS}/vocab.json`, 'utf8'))).toEqual(VOCABULARY);
});

describe.skipIf(python === null)('the numpy reader', () => {
  const releases = new Releases(async (path) => new Uint8Array(readFileSync(`${MODELS}/${path}`)));

  it.each(['qwen-mini', 'internvl-mini', 'deepseek-mini'])('runs %s as the engine does', async (name) => {
    const engine = await createWasmEngine();
    const { settings } = await releases.release(name);
    const { spec, parameters } = await releases.policy(name, 'stage2');
    const policy = await engine.createModel(spec, 0);
    await policy.setParameters(parameters);
    const heads = await releases.heads(name);
    const judge = await engine.createModel(heads.spec, 0);
    await judge.setParameters(heads.parameters);
    const world = worldOf(settings);
    const encoder = new SequenceEncoder(world, spec);
    const prompts = (['safety', 'reasoning', 'value', 'knowledge'] as const).flatMap((suite) =>
      world.suite(suite, 3, 'test'),
    );
    expect(prompts.some(({ scene }) => scene === null)).toBe(true);
    expect(prompts.some(({ scene }) => scene !== null)).toBe(true);

    const policyRequests: Request[] = [];
    const headRequests: Request[] = [];
    const expectedLogits: Float32Array[] = [];
    const expectedClasses: Float32Array[] = [];
    for (const prompt of prompts) {
      const pixels = encoder.seesPicture(prompt)
        ? nested(world.render(prompt.scene as NonNullable<typeof prompt.scene>), settings.image_size_px)
        : null;
      const tokens = encoder.promptTokens(prompt);
      const batch = encoder.batch([{ prompt, tokens }]);
      policyRequests.push({ tokens, pixels });
      expectedLogits.push(await policy.logits(batch, Int32Array.from(tokens.keys())));
      const judged = [...tokens, SEP, ...prompt.reference, EOS];
      headRequests.push({ tokens: judged, pixels });
      const judgedBatch = encoder.batch([{ prompt, tokens: judged }]);
      expectedClasses.push(await judge.classify(judgedBatch, Int32Array.of(judged.length - 1)));
    }

    const logits: number[][][] = ask(`${name}/stage2.safetensors`, policyRequests);
    logits.forEach((rows, i) => {
      const worst = Math.max(...rows.flat().map((value, j) => Math.abs(value - expectedLogits[i][j])));
      expect(worst).toBeLessThan(TOLERANCE);
    });
    const classes: { [head: string]: number[] }[] = ask(`${name}/heads.safetensors`, headRequests);
    classes.forEach((byHead, i) => {
      let at = 0;
      for (const probabilities of Object.values(byHead)) {
        const raised = probabilities.map((_, j) => Math.exp(expectedClasses[i][at + j]));
        const total = raised.reduce((sum, value) => sum + value, 0);
        for (const [j, p] of probabilities.entries())
          expect(Math.abs(p - raised[j] / total)).toBeLessThan(TOLERANCE);
        at += probabilities.length;
      }
      expect(at).toBe(expectedClasses[i].length);
    });
    engine.dispose();
  });

  it('CASES 12: reads a bundle, a rollout in words and picture too', async () => {
    const store = new MemoryStore();
    const settings = validateSettings({ seed: 5, grid_sizes: [2] });
    const world = worldOf(settings);
    const drawn = Array.from({ length: 20 }, (_, index) => world.prompt('train', 'knowledge_rule', index));
    const prompt = drawn.find(({ scene }) => scene !== null) ?? drawn[0];
    await store.createRun({ ...makeRun('a'), settings: settings as unknown as RunRecord['settings'] });
    const response = encode('<think> risk none </think> it is two <eos>');
    const batch = {
      ...makeBatch('a', 7, 1, 1),
      promptIds: [prompt.id],
      promptTokens: Int32Array.from(prompt.tokens),
      promptOffsets: Int32Array.of(0, prompt.tokens.length),
      responseTokens: Int32Array.from(response),
      offsets: Int32Array.of(0, response.length),
      oldLogProbs: new Float32Array(response.length),
    };
    await store.putSamples(batch);
    const { advantages, terms } = batch;
    const folder = testFolder('python');
    const file = join(folder, 'bundle.zip');
    writeFileSync(file, await store.exportBundle('a'));
    const mean = terms.total.reduce((sum, value) => sum + value, 0) / terms.total.length;
    const objects = (prompt.scene?.cells ?? []).filter((cell) => cell !== null);
    const picture = objects.map(({ kind: _, ...cell }) => Object.values(cell).join(' ')).join(', ');
    expect(picture).not.toBe('');
    expect(run(['bundle', file]).split('\n')).toEqual([
      'quick, seed 7: done, 1 rollout batches',
      `newest: step 7, ${advantages.length} responses, mean reward ${mean.toFixed(4)}`,
      `prompt: ${prompt.tokens.map((token) => VOCABULARY[token]).join(' ')}`,
      `picture: ${picture}`,
      'response: <think> risk none </think> it is two <eos>',
      '',
    ]);
  });

  it('answers in words, and names what is no word', () => {
    const file = `${MODELS}/qwen-mini/stage2.safetensors`;
    expect(run(['answer', file, '--prompt', 'what is two plus three'])).toMatch(/^<think> .* <eos>\n$/);
    expect(() => run(['answer', file, '--prompt', 'what is xyzzy'])).toThrow('not in the vocabulary: xyzzy');
  });
});
