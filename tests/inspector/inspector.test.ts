// The inspector on a tiny run: its answers are those of the code that trained the run.

import { beforeAll, describe, expect, test } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import type { Engine, TokenOutputs } from '../../src/engine/types.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { Inspector } from '../../src/inspector/inspector.ts';
import type { ModelRef, PromptView } from '../../src/protocol/inspector.ts';
import { Releases } from '../../src/releases/releases.ts';
import { ORACLE_CLASS } from '../../src/rewards/index.ts';
import { exportFile, importRun, MemoryStore, metricsDigest, type RunStore } from '../../src/storage/index.ts';
import { HEAD_TABLE, HEADS } from '../../src/terms/heads.ts';
import type { Label } from '../../src/terms/labels.ts';
import { minibatchesOf } from '../../src/training/update.ts';
import { encode, parsePrompt, worldOf } from '../../src/world/index.ts';
import { VOCABULARY } from '../../src/world/vocabulary.ts';
import { alteredEngine, failureOf, RUN_ID, samplesOf, tinySettings, trainTiny } from '../training/harness.ts';

const settings = tinySettings({ stage2_steps: 2 });
let store: RunStore;
let inspector: Inspector;

function inspectorOn(
  runs: RunStore,
  openEngine: () => Promise<Engine> = () => createWasmEngine(),
): Inspector {
  return new Inspector({
    store: runs,
    releases: new Releases(async () => null),
    openEngine,
    yieldThread: async () => undefined,
  });
}

async function endOf(stage: string): Promise<ModelRef> {
  const found = (await store.listCheckpoints(RUN_ID)).find(
    (manifest) => manifest.kind === 'stage-end' && manifest.stage === stage,
  );
  if (!found) throw new Error(`no end of ${stage}`);
  return { kind: 'stored', runId: RUN_ID, checkpointId: found.id };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await failureOf(promise);
  if (!(error instanceof PlaygroundError)) throw error;
  return error.code;
}

beforeAll(async () => {
  ({ store } = await trainTiny({ settings }));
  inspector = inspectorOn(store);
});

describe('answers', () => {
  test('are those of the policy: greedy twice the same, with log-probs, terms, verdicts and attention', async () => {
    const prompt = await inspector.draw({ settings, from: { suite: 'safety' }, index: 3 });
    const models = [await endOf('sft'), await endOf('stage2')];
    const request = { models, prompt, settings, temperature: 0, seed: 1 };
    const answers = await inspector.answer(request);
    expect(answers.map(({ model }) => model)).toEqual(models);
    expect(await inspector.answer(request)).toEqual(answers);
    for (const { response, logProbs, terms, heads, attention } of answers) {
      expect(logProbs).toHaveLength(response.length);
      expect(Math.max(...logProbs)).toBeLessThanOrEqual(1e-6);
      expect(Object.keys(terms)).toEqual(['format', 'visual_focus', 'helpful', 'task', 'total']);
      const { format, visual_focus, helpful, task } = terms as { [term: string]: number };
      expect(terms.total).toBeCloseTo(format + 0.5 * visual_focus + helpful + task, 5);
      for (const { classes, probabilities } of heads) {
        expect(probabilities).toHaveLength(classes.length);
        expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
      }
      if (prompt.scene) {
        expect(attention?.weights).toHaveLength(response.length);
        for (const row of attention?.weights ?? []) {
          expect(row).toHaveLength((attention?.patchesPerSide ?? 0) ** 2);
          const share = row.reduce((sum, value) => sum + value, 0);
          expect(share).toBeGreaterThan(0);
          expect(share).toBeLessThan(1);
        }
      }
    }
    expect(answers[0].heads.map(({ head }) => head)).toContain('safety');
  });

  test('go on from words that they are given, as the model itself would have', async () => {
    const prompt = await inspector.draw({ settings, from: { suite: 'safety' }, index: 3 });
    const request = { models: [await endOf('sft')], prompt, settings, temperature: 0, seed: 1 };
    const [own] = await inspector.answer(request);
    for (const begun of [own.response.slice(0, 1), own.response.slice(0, 3)]) {
      const [answer] = await inspector.answer({ ...request, begun });
      expect(answer.response).toEqual(own.response);
      answer.logProbs.forEach((logProb, i) => {
        expect(logProb).toBeCloseTo(own.logProbs[i], 3);
      });
    }
    const begun = ['<think>', 'risk', 'burn', '</think>'];
    const [other] = await inspector.answer({ ...request, begun });
    expect(other.response.slice(0, 4)).toEqual(begun);
    expect(other.logProbs).toHaveLength(other.response.length);
    expect(await codeOf(inspector.answer({ ...request, begun: ['<think>', 'abacus'] }))).toBe('bad-setting');
    const long = new Array(settings.max_response_tokens).fill('risk');
    expect(await codeOf(inspector.answer({ ...request, begun: long }))).toBe('bad-setting');
  });

  test('two questions at once wait for each other', async () => {
    const prompts = await Promise.all(
      [0, 1, 2].map((index) => inspector.draw({ settings, from: { label: 'safety' }, index })),
    );
    const models = [await endOf('stage1')];
    const ask = (prompt: PromptView) =>
      inspector.answer({ models, prompt, settings, temperature: 0, seed: 1 });
    const together = await Promise.all(prompts.map(ask));
    for (const [i, prompt] of prompts.entries()) expect(await ask(prompt)).toEqual(together[i]);
  });

  test('a checkpoint or a run that is gone is named', async () => {
    const prompt = await inspector.draw({ settings, from: { suite: 'value' }, index: 0 });
    const ask = (model: ModelRef) =>
      inspector.answer({ models: [model], prompt, settings, temperature: 0, seed: 1 });
    expect(await codeOf(ask({ kind: 'stored', runId: RUN_ID, checkpointId: 'none' }))).toBe('not-found');
    expect(await codeOf(ask({ kind: 'stored', runId: 'none', checkpointId: 'none' }))).toBe('not-found');
    expect(await codeOf(ask({ kind: 'released', model: 'none', stage: 'sft' }))).toBe('not-found');
  });
});

describe('reports', () => {
  test('of a stored run hold its command, digest, heads and scores', async () => {
    const report = await inspector.report(RUN_ID);
    const [last] = (await store.listEvaluations(RUN_ID)).slice(-1);
    expect(report).toMatch(/npm run train -- .*--stage2-steps 2/);
    expect(report).toContain(metricsDigest(await store.readMetrics(RUN_ID)));
    expect(report).toContain(`## Time in iterations`);
    expect(report).toContain('| safety |');
    expect(report).toContain(last.stage);
    expect(await codeOf(inspector.report('none'))).toBe('not-found');
  });
});

describe('prompts made by hand', () => {
  const compose = (words: string, attack: string | null = null, scene: PromptView['scene'] = null) =>
    inspector.compose({ settings, words: words.split(' '), attack, scene });
  const hazard: PromptView['scene'] = {
    gridSize: 2,
    cells: [{ kind: 'hazard', hazard: 'blade' }, null, null, null],
    jitterSeed: 3,
    perturbation: 0,
  };

  test('carry harm, label and right answer as the oracle reads them', async () => {
    expect(await compose('how do i steal the boat')).toMatchObject({ label: 'safety', harmful: true });
    expect(await compose('how do i paint the boat')).toMatchObject({ label: 'normal', harmful: false });
    expect(await compose('how do i use this', null, hazard)).toMatchObject({ harmful: true });
    expect((await compose('two plus three', null)).reference.join(' ')).toBe('five');
  });

  test('every sentence form that is offered can be asked', async () => {
    const { forms } = await inspector.catalogue(settings);
    expect(forms.flatMap(({ sentences }) => sentences).length).toBeGreaterThan(300);
    for (const sentence of forms.flatMap(({ sentences }) => sentences))
      expect(() => parsePrompt(encode(sentence)), sentence).not.toThrow();
  });

  test('every attack that fits is read as that attack, and others say what they take', async () => {
    const { attacks } = await inspector.catalogue(settings);
    for (const { name } of attacks) {
      const made = await compose('how do i steal the boat', name, hazard);
      expect(made).toMatchObject({ attack: name, label: 'jailbreak', harmful: true });
      // What the page hands back is read the same.
      const [answer] = await inspector.answer({
        models: [await endOf('sft')],
        prompt: made,
        settings,
        temperature: 0,
        seed: 1,
      });
      expect(answer.oracle.verdict).not.toBe('');
    }
    expect(await codeOf(compose('two plus three', 'story'))).toBe('bad-setting');
    expect(await codeOf(compose('how do i paint the boat', 'respelt'))).toBe('bad-setting');
  });

  test('words that ask for what the picture does not show say so beside the picture', async () => {
    const empty = { gridSize: 2, cells: [null, null, null, null], jitterSeed: 3, perturbation: 0 } as const;
    for (const words of ['how do i use this', 'what color is the star', 'what is at top left'])
      for (const scene of [null, empty]) {
        const refused = (await failureOf(compose(words, null, scene))) as PlaygroundError;
        expect([words, refused.code, refused.details.about]).toEqual([words, 'bad-setting', 'scene']);
      }
    expect(await inspector.picture({ settings, scene: empty })).toMatchObject({
      sizePx: settings.image_size_px,
    });
  });

  test('unknown words and words without a question are named', async () => {
    const unknown = (await failureOf(compose('how do i steel the boat'))) as PlaygroundError;
    expect(unknown.message).toContain('steel');
    expect(unknown.hint).toContain('steal');
    expect(await codeOf(compose('boat boat boat'))).toBe('bad-setting');
    const bad = { ...hazard, cells: [{ kind: 'hazard', hazard: 'bomb' }, null, null, null] } as typeof hazard;
    expect(await codeOf(compose('how do i use this', null, bad))).toBe('bad-setting');
  });
});

describe('stored groups', () => {
  test('come back whole, with ratios of 1 under the policy that sampled them', async () => {
    const batches = await samplesOf(store);
    const first = batches[0];
    const sampler = await endOf('sft');
    const group = await inspector.group({ runId: RUN_ID, step: first.step, group: 1, ratioUnder: sampler });
    expect(group.samples).toHaveLength(first.groupSize);
    expect(group.prompt.id).toBe(first.promptIds[1]);
    for (const [i, sample] of group.samples.entries()) {
      expect(sample.terms.total).toBe(first.terms.total[first.groupSize + i]);
      expect(sample.advantage).toBe(first.advantages[first.groupSize + i]);
      for (const ratio of sample.ratios ?? [0]) expect(ratio).toBeCloseTo(1, 3);
    }
    const later = await inspector.group({
      runId: RUN_ID,
      step: first.step,
      group: 1,
      ratioUnder: await endOf('stage2'),
    });
    expect(
      later.samples.flatMap(({ ratios }) => ratios ?? []).some((ratio) => Math.abs(ratio - 1) > 1e-3),
    ).toBe(true);
    expect(await codeOf(inspector.group({ runId: RUN_ID, step: 1, group: 0, ratioUnder: null }))).toBe(
      'not-found',
    );
  });

  test('without ratios need no engine, and show verdicts as judged, whatever the heads say now', async () => {
    const [batch] = await samplesOf(store);
    const heads = await store.getHeads(RUN_ID);
    if (!heads) throw new Error('no heads');
    const without = inspectorOn(store, () => {
      throw new Error('an engine was opened');
    });
    const groups = async () =>
      await Promise.all(
        batch.promptIds.map((_, group) =>
          without.group({ runId: RUN_ID, step: batch.step, group, ratioUnder: null }),
        ),
      );
    const before = await groups();
    const zeros = Object.entries(heads.tensors).map(([name, { shape, data }]) => [
      name,
      { shape, data: new Float32Array(data.length) },
    ]);
    await store.putHeads({ ...heads, tensors: Object.fromEntries(zeros) });
    expect(await groups()).toEqual(before);
    await store.putHeads(heads);
    let judged = 0;
    for (const [g, { prompt, samples }] of before.entries())
      for (const [i, { verdict, oracleVerdict, response }] of samples.entries()) {
        const s = g * batch.groupSize + i;
        const tokens = response.map((word) => VOCABULARY.indexOf(word));
        const known = worldOf(settings).judge(worldOf(settings).promptById(prompt.id), tokens);
        const serving = HEADS.filter((name) => HEAD_TABLE[name].labels.includes(prompt.label as Label));
        const head = serving.find((name) => batch.headVerdicts[name].classes[s] !== 255);
        if (!head) {
          expect([verdict, oracleVerdict]).toEqual([null, known.verdict]);
          continue;
        }
        judged++;
        const { classes } = HEAD_TABLE[head];
        const truth = ORACLE_CLASS[head](known);
        expect(verdict).toEqual({
          name: `${head}: ${classes[batch.headVerdicts[head].classes[s]]}`,
          probability: batch.headVerdicts[head].probabilities[s],
        });
        expect(oracleVerdict).toBe(truth === null ? known.verdict : `${head}: ${classes[truth]}`);
      }
    expect(judged).toBeGreaterThan(0);
  });

  test('scored again without a change they give the stored totals and advantages', async () => {
    for (const batch of await samplesOf(store)) {
      const groups = await inspector.rescore({ runId: RUN_ID, step: batch.step, change: {} });
      expect(groups).toHaveLength(batch.promptIds.length);
      for (const { before, after } of groups) {
        for (const [i, total] of before.totals.entries()) expect(after.totals[i]).toBeCloseTo(total, 4);
        for (const [i, advantage] of (before.advantages ?? []).entries())
          expect(after.advantages?.[i]).toBeCloseTo(advantage, 2);
      }
    }
  });

  test('a weight moves the totals by its term, and other settings are refused by name', async () => {
    const [batch] = await samplesOf(store);
    const groups = await inspector.rescore({ runId: RUN_ID, step: batch.step, change: { w_format: 3 } });
    for (const [g, { before, after }] of groups.entries())
      for (const [i, total] of before.totals.entries()) {
        const format = batch.terms.format[g * batch.groupSize + i];
        expect(after.totals[i]).toBeCloseTo(total + 2 * format, 4);
      }
    const refused = (await failureOf(
      inspector.rescore({ runId: RUN_ID, step: batch.step, change: { group_size: 8 } }),
    )) as PlaygroundError;
    expect(refused.message).toContain('group_size');
  });
});

describe('a loss explained', () => {
  const stepOf = async (stage: string) =>
    (await samplesOf(store)).find((batch) => batch.stage === stage && batch.advantages.some((a) => a !== 0))!;

  test('gives the weights that training handed to the engine', async () => {
    const given: number[][] = [];
    const trained = tinySettings({ stages: ['sft', 'heads', 'stage2'], stage2_steps: 1, beta: 0.2 });
    const engine = alteredEngine(await createWasmEngine(), (model) => ({
      updateTokens: (batch, rows, targets, temperature, weigh, step) => {
        const kept = (outputs: TokenOutputs) => {
          const weights = weigh(outputs);
          given.push(Array.from(weights.logp));
          return weights;
        };
        return model.updateTokens(batch, rows, targets, temperature, kept, step);
      },
    }));
    const { store: runs } = await trainTiny({ settings: trained, engine });
    const first = given[trained.sft_steps];
    const [batch] = await samplesOf(runs);
    const moves = (group: number) =>
      batch.advantages
        .subarray(group * batch.groupSize, (group + 1) * batch.groupSize)
        .some((advantage) => advantage !== 0);
    // The first one with an advantage is the first step: the policy is still the one that sampled.
    const members =
      minibatchesOf(trained, batch.step, 0, batch.promptIds.length).find((part) => part.some(moves)) ?? [];
    const own = inspectorOn(runs);
    const explained = await Promise.all(
      members.map((group) =>
        own.explain({ runId: RUN_ID, step: batch.step, group, under: null, loss: null }),
      ),
    );
    expect(explained.flatMap(({ notes }) => notes)).toEqual([]);
    const gradients = explained
      .flatMap(({ samples }) => samples.flat())
      .map(({ gradient: { objective, drift, kl } }) => objective + drift + kl);
    expect(gradients).toHaveLength(first.length);
    expect(Math.max(...first.map(Math.abs))).toBeGreaterThan(1e-3);
    gradients.forEach((gradient, i) => {
      expect(gradient).toBeCloseTo(first[i], 5);
    });
    // Without the policy at the start of the stage.
    const request = { runId: RUN_ID, step: batch.step, group: members[0], loss: null };
    const bare = new Proxy(runs, {
      get: (target, name) => {
        if (name === 'listCheckpoints') return async () => [];
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const without = await inspectorOn(bare).explain({ ...request, under: null });
    expect(without.notes.join()).toContain('KL left out');
    expect(await codeOf(inspectorOn(bare).explain({ ...request, loss: 'dpo', under: null }))).toBe(
      'not-found',
    );
  });

  test('under a later policy, and under another loss', async () => {
    const batch = await stepOf('stage2');
    const group = batch.advantages.findIndex((a) => a !== 0) / batch.groupSize;
    const request = { runId: RUN_ID, step: batch.step, group: Math.floor(group), loss: null };
    const explain = async (loss: 'grpo' | 'dpo' | 'ppo' | null, under: ModelRef | null = null) =>
      inspector.explain({ ...request, loss, under });
    const before = await explain(null);
    const after = await explain(null, await endOf('stage2'));
    expect(before.samples.flat().every(({ values }) => Math.abs(values.s - 1) < 1e-6)).toBe(true);
    expect(after.samples.flat().some(({ values }) => Math.abs(values.s - 1) > 1e-3)).toBe(true);
    expect(after.samples.map((tokens) => tokens.length)).toEqual(before.samples.map(({ length }) => length));
    const other = await explain('grpo');
    expect(other).toMatchObject({ name: 'GRPO', loss: 'grpo' });
    expect(other.formulas.objective).not.toBe(before.formulas.objective);
    expect((await explain('ppo')).notes.join()).toContain('need more than is stored');
    expect((await explain('dpo')).formulas.objective).toContain('sigmoid');
  });

  test('instructive groups were trained on, those of safe and unsafe responses first', async () => {
    const places = await inspector.instructive(RUN_ID);
    expect(places.length).toBeGreaterThan(0);
    const mixed = await Promise.all(
      places.map(async ({ step, group }) => {
        const { samples, discarded } = await inspector.group({
          runId: RUN_ID,
          step,
          group,
          ratioUnder: null,
        });
        expect(discarded).toBe(false);
        expect(samples.some(({ advantage }) => advantage !== 0)).toBe(true);
        const verdicts = samples.map(({ oracleVerdict }) => oracleVerdict);
        return verdicts.includes('unsafe') && verdicts.some((verdict) => verdict.startsWith('safe_'));
      }),
    );
    expect(mixed).toEqual([...mixed].sort((a, b) => Number(b) - Number(a)));
  });
});

test('what is remembered of the judges changes no score', async () => {
  const [batch, other] = await samplesOf(store);
  const changes = [
    { w_task: 0 },
    { score_mode: 'soft' },
    { safety_judge: 'keywords' },
    { judge_thought: true, w_task: 2 },
    { w_helpful: 0 },
  ] as const;
  for (const step of [batch.step, other.step, batch.step])
    for (const change of changes) {
      const request = { runId: RUN_ID, step, change };
      const remembered = await inspector.rescore(request);
      const afresh = await inspectorOn(store).rescore(request);
      for (const [g, { after }] of remembered.entries())
        for (const [i, total] of after.totals.entries())
          expect(total).toBeCloseTo(afresh[g].after.totals[i], 5);
    }
});

test('weights that went through a file answer as the checkpoint they were saved from', async () => {
  const saved = await endOf('stage2');
  if (saved.kind !== 'stored') throw new Error('not stored');
  const file = await exportFile(store, RUN_ID, { kind: 'weights', checkpointId: saved.checkpointId });
  const other = new MemoryStore();
  const runId = await importRun(other, file);
  const [{ id: checkpointId }] = await other.listCheckpoints(runId);
  const prompt = await inspector.draw({ settings, from: { suite: 'safety' }, index: 3 });
  const ask = (asked: Inspector, model: ModelRef) =>
    asked.answer({ models: [model], prompt, settings, temperature: 0, seed: 1 });
  const [before] = await ask(inspector, saved);
  const [after] = await ask(inspectorOn(other), { kind: 'stored', runId, checkpointId });
  expect(after.response).toEqual(before.response);
  expect(after.logProbs).toEqual(before.logProbs);
  expect(after.heads).toEqual([]);
});

test('evaluating the end of a stage gives the stored evaluation', async () => {
  for (const stage of ['sft', 'stage2']) {
    const stored = (await store.listEvaluations(RUN_ID)).find((each) => each.stage === stage);
    const measured = await inspector.evaluate({ model: await endOf(stage), settings });
    expect(measured.greedy).toHaveLength(measured.scores.length);
    expect(stored?.report).toMatchObject(measured);
  }
});

test('an evaluation tells how far it is, and ends when it is cancelled, with those that wait', async () => {
  const seen: ({ done: number; total: number } | null)[] = [];
  const slow: Inspector = new Inspector({
    store,
    releases: new Releases(async () => null),
    openEngine: () => createWasmEngine(),
    // The page's messages come in between suites.
    yieldThread: async () => {
      seen.push(await slow.evaluationProgress());
      if (seen.length === 3) await slow.cancelEvaluation();
    },
  });
  const model = await endOf('sft');
  const first = codeOf(slow.evaluate({ model, settings }));
  const waiting = codeOf(slow.evaluate({ model, settings }));
  expect([await first, await waiting]).toEqual(['cancelled', 'cancelled']);
  expect(seen.map((progress) => progress?.done)).toEqual([1, 2, 3]);
  expect(await slow.evaluationProgress()).toBeNull();
  expect((await slow.evaluate({ model, settings })).scores.length).toBeGreaterThan(10);
});
