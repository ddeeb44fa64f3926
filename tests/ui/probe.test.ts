// The probe on a inspector that answers when the test says so: no answer of an older question is ever shown.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { DEFAULTS } from '../../src/config/index.ts';
import type {
  AnswerRequest,
  AnswerView,
  ComposeRequest,
  DrawRequest,
  InspectorCatalogue,
  PromptView,
} from '../../src/protocol/inspector.ts';
import { Probe, type ProbeInspector } from '../../src/ui/views/probe/probe.ts';
import { emptyScene } from '../../src/ui/views/probe/sceneEdit.ts';
import type { ProbeSource } from '../../src/ui/views/probe/sources.ts';

const SOURCE: ProbeSource = {
  key: 'released:m',
  title: 'm',
  settings: DEFAULTS,
  stages: ['sft', 'stage2'].map((name) => ({
    name,
    title: name,
    ref: { kind: 'released', model: 'm', stage: name },
  })),
};

function promptOf(id: string, words: readonly string[], scene: PromptView['scene']): PromptView {
  const image = scene && { sizePx: 1, rgb: new Uint8Array(3) };
  return {
    ...{ id, label: 'normal', family: 'f', attack: null, words, reference: [], harmful: false },
    ...{ twin: null, scene, image },
  };
}

/** Answers wait until `answerNext` is called. */
class FakeInspector implements ProbeInspector {
  readonly composed: ComposeRequest[] = [];
  readonly drawn: DrawRequest[] = [];
  readonly waiting: { request: AnswerRequest; answer: (error?: Error) => void }[] = [];

  readonly catalogue = async () =>
    ({ gridSizes: [3], words: ['how', 'steal'] }) as unknown as InspectorCatalogue;

  readonly picture = async () => ({ sizePx: 1, rgb: new Uint8Array(3) });

  async draw(request: DrawRequest) {
    this.drawn.push(request);
    const { from, index } = request;
    if ('id' in from) return promptOf(from.id, ['by', 'id'], emptyScene(2, 1));
    const name = 'suite' in from ? from.suite : from.label;
    return promptOf(`suite:${name}:${index}`, [name, String(index)], null);
  }

  async compose(request: ComposeRequest) {
    this.composed.push(request);
    if (request.words.includes('steel'))
      throw new PlaygroundError('bad-setting', 'Unknown "steel".', 'Nearest: "steal".', {
        ...{ about: 'words', word: 'steel', instead: 'steal' },
      });
    return promptOf(`composed:${request.words.join(' ')}`, request.words, request.scene);
  }

  answer(request: AnswerRequest) {
    return new Promise<readonly AnswerView[]>((resolve, reject) => {
      const [model] = request.models;
      const answer = (error?: Error): void =>
        error ? reject(error) : resolve([{ model, response: request.prompt.words } as AnswerView]);
      this.waiting.push({ request, answer });
    });
  }

  /** Lets the oldest waiting answer come, and everything that follows from it. */
  async answerNext(error?: Error): Promise<void> {
    this.waiting.shift()?.answer(error);
    await settle();
  }
}

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(400);
}

let inspector: FakeInspector;
let probe: Probe;
const said = (): (string | null)[] =>
  probe.asker.asked.value.map(({ answer }) => (answer ? answer.response.join(' ') : null));

beforeEach(async () => {
  vi.useFakeTimers();
  inspector = new FakeInspector();
  probe = new Probe(inspector);
  await probe.use(SOURCE);
  await settle();
});
afterEach(() => vi.useRealTimers());

describe('answers', () => {
  test('come one stage after the other, the first example at once', async () => {
    expect(probe.draft.value.words).toBe('how do i use this');
    expect(said()).toEqual([null, null]);
    expect(inspector.waiting).toHaveLength(1);
    await inspector.answerNext();
    expect(said()).toEqual(['how do i use this', null]);
    await inspector.answerNext();
    expect(said()).toEqual(['how do i use this', 'how do i use this']);
    expect(probe.asker.busy.value).toBe(false);
  });

  test('of an older question are not shown, and its other stages are not asked', async () => {
    probe.edit({ words: 'how steal' });
    expect(said()).toEqual([]);
    await settle();
    await inspector.answerNext();
    expect(said()).toEqual([null, null]);
    await inspector.answerNext();
    expect(said()).toEqual(['how steal', null]);
    await inspector.answerNext();
    expect(said()).toEqual(['how steal', 'how steal']);
    expect(inspector.waiting).toHaveLength(0);
  });

  test('stop when they are no longer wanted; what came stays', async () => {
    await inspector.answerNext();
    probe.asker.stop();
    await inspector.answerNext();
    expect(said()).toEqual(['how do i use this']);
    expect(probe.asker.busy.value).toBe(false);
  });

  test('that fail say so, and can be asked anew', async () => {
    await inspector.answerNext(
      new PlaygroundError('worker-died', 'The inspector has stopped.', 'Ask again.'),
    );
    expect(probe.asker.problem.value?.text).toBe('The inspector has stopped. Ask again.');
    expect(probe.asker.busy.value).toBe(false);
    probe.ask();
    await settle();
    expect(probe.asker.problem.value).toBeNull();
    await inspector.answerNext();
    expect(said()).toEqual(['how do i use this', null]);
  });

  test('of stages that stay are kept when another one comes', async () => {
    await inspector.answerNext();
    await inspector.answerNext();
    const more = { name: 'newest', title: 'step 9', ref: { ...SOURCE.stages[0]!.ref, stage: 'newest' } };
    probe.update({ ...SOURCE, stages: [...SOURCE.stages, more as (typeof SOURCE.stages)[number]] });
    expect(said()).toEqual(['how do i use this', 'how do i use this', null]);
    await inspector.answerNext();
    expect(said()).toHaveLength(3);
    expect(said()).not.toContain(null);
    expect(inspector.waiting).toHaveLength(0);
  });

  test('come from words that a response begins with', async () => {
    await inspector.answerNext();
    await inspector.answerNext();
    const answer = probe.whatIf(SOURCE.stages[0]!, ['<think>', 'risk']);
    expect(inspector.waiting[0]?.request).toMatchObject({ begun: ['<think>', 'risk'], temperature: 0 });
    await inspector.answerNext();
    expect((await answer).response.join(' ')).toBe('how do i use this');
  });

  test('come of the ticked stages, and the next seed where they are sampled', async () => {
    probe.left.value = new Set(['sft']);
    probe.askAgain();
    expect(probe.seed.value).toBe(1);
    probe.temperature.value = 1;
    probe.askAgain();
    await settle();
    const last = inspector.waiting.at(-1)?.request;
    expect(last).toMatchObject({ temperature: 1, seed: 2, models: [{ stage: 'stage2' }] });
  });
});

describe('questions', () => {
  test('edits in quick succession are read once', async () => {
    const before = inspector.composed.length;
    for (const words of ['how', 'how steal', 'steal']) probe.edit({ words });
    await settle();
    expect(inspector.composed.slice(before).map(({ words }) => words)).toEqual([['steal']]);
  });

  test('are not read in the midst of a word, but when the field is left', async () => {
    const before = inspector.composed.length;
    probe.write('how st', false);
    await settle();
    expect(inspector.composed).toHaveLength(before);
    probe.finishWriting();
    await settle();
    expect(inspector.composed).toHaveLength(before + 1);
    probe.finishWriting();
    await settle();
    expect(inspector.composed).toHaveLength(before + 1);
  });

  test('with an unknown word name it and are not asked; the picture is drawn all the same', async () => {
    probe.write('how steel', true);
    await settle();
    expect(probe.problem.value).toMatchObject({ place: 'words', word: 'steel', instead: 'steal' });
    expect(probe.prompt.value).toBeNull();
    expect(said()).toEqual([]);
    probe.picture.value = null;
    probe.edit({ scene: emptyScene(2, 1) });
    await settle();
    expect(probe.picture.value).not.toBeNull();
    probe.write('how steal', true);
    await settle();
    expect(probe.problem.value).toBeNull();
    expect(probe.prompt.value?.words).toEqual(['how', 'steal']);
  });

  test('drawn ones keep their id until they are edited, and undo brings it back', async () => {
    await probe.draw({ suite: 'value' }, 2);
    expect(probe.address.value).toBe('probe?model=m&id=suite:value:2');
    probe.edit({ attack: 'story' });
    await settle();
    expect(probe.address.value).toBe('probe?model=m&words=value+2&attack=story');
    probe.undo();
    await settle();
    expect(inspector.drawn.at(-1)?.from).toEqual({ id: 'suite:value:2' });
    probe.redo();
    await settle();
    expect(inspector.composed.at(-1)?.attack).toBe('story');
  });

  test('of a link are opened as they were', async () => {
    probe.open({ id: 'suite:safety:3', temperature: 0.5, seed: 9 });
    await probe.read();
    expect(probe.prompt.value?.id).toBe('suite:safety:3');
    expect(probe.address.value).toBe('probe?model=m&id=suite:safety:3&temperature=0.5&seed=9');
  });

  test('name where they were drawn from, by hand, by a link, as a twin, and after undo', async () => {
    const fields = () => [probe.from.value, probe.index.value];
    await probe.draw({ suite: 'situational' }, 2);
    await probe.draw({ id: 'suite:situational:3' }, 0);
    expect(fields()).toEqual([{ suite: 'situational' }, 3]);
    probe.open({ id: 'validation:value:7' });
    await probe.read();
    expect(fields()).toEqual([{ label: 'value' }, 7]);
    probe.undo();
    await settle();
    expect(fields()).toEqual([{ suite: 'situational' }, 3]);
    // Prompts that the fields cannot draw leave them as they were.
    probe.edit({ words: 'how' });
    await probe.draw({ id: 'train:safety:12' }, 0);
    expect(fields()).toEqual([{ suite: 'situational' }, 3]);
  });

  test('of a link without a temperature are answered greedily', async () => {
    probe.open({ id: 'suite:safety:3', temperature: 0.5, seed: 9 });
    await probe.read();
    probe.open({ id: 'suite:safety:3' });
    await probe.read();
    expect(probe.temperature.value).toBe(0);
    expect(probe.address.value).toBe('probe?model=m&id=suite:safety:3');
  });

  test('stay when other models are chosen, and are read in their world', async () => {
    await probe.draw({ suite: 'value' }, 2);
    await probe.use({ ...SOURCE, key: 'stored:r', settings: { ...DEFAULTS, seed: 99 } });
    expect(inspector.drawn.at(-1)).toMatchObject({ from: { id: 'suite:value:2' }, settings: { seed: 99 } });
    expect(probe.draft.value.words).toBe('by id');
  });
});
