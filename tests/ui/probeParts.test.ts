// The parts of the probe's state: scenes, history, suggestions, attention in words, addresses, sources.

import { describe, expect, test } from 'vitest';
import type { InspectorCatalogue } from '../../src/protocol/inspector.ts';
import type { Scene } from '../../src/terms/scene.ts';
import { viewOfHash } from '../../src/ui/commands/viewNames.ts';
import { movedToken, shownTokens } from '../../src/ui/state/samples/response.ts';
import { judgementWords } from '../../src/ui/state/scores/verdictWords.ts';
import { addressOf, hashOf, sceneOfText, sceneText } from '../../src/ui/views/probe/address.ts';
import { cellShares, lookOf, lookWords, mostLooking } from '../../src/ui/views/probe/attention.ts';
import { edited, historyOf, redone, restated, undone } from '../../src/ui/views/probe/history.ts';
import {
  cellOfKind,
  emptyScene,
  movedCell,
  resized,
  sceneWords,
  withCell,
} from '../../src/ui/views/probe/sceneEdit.ts';
import { firstChoice, sourceChoices, sourceOfRun } from '../../src/ui/views/probe/sources.ts';
import { corrected, isUnfinished, suggestions, withWord, wordAt } from '../../src/ui/views/probe/suggest.ts';
import { seenRisk, thoughtOf } from '../../src/ui/views/probe/whatIf.ts';

const FLAME: Scene = withCell(emptyScene(3, 17), 3, { kind: 'hazard', hazard: 'flame' });

describe('scenes', () => {
  const catalogue = {
    colors: ['red', 'blue'],
    shapes: ['ring'],
    digits: [0, 1],
    hazards: ['flame'],
    guilds: ['mira'],
    glyphs: ['steal'],
  } as unknown as InspectorCatalogue;

  test('keep what fits on another grid', () => {
    const both = withCell(FLAME, 8, { kind: 'guild', guild: 'mira' });
    expect(resized(both, 2).cells).toEqual([null, null, { kind: 'hazard', hazard: 'flame' }, null]);
    const larger = resized(both, 4);
    expect(larger.cells).toHaveLength(16);
    expect(larger.cells.indexOf(both.cells[3] ?? null)).toBe(4);
    expect(larger.cells[10]).toEqual({ kind: 'guild', guild: 'mira' });
    expect(larger.jitterSeed).toBe(17);
  });

  test('give a cell of another kind the colour of the one before', () => {
    const blue = cellOfKind('shape', { kind: 'digit', digit: 4, color: 'blue' }, catalogue);
    expect(blue).toEqual({ kind: 'shape', shape: 'ring', color: 'blue' });
    expect(cellOfKind('nothing', blue, catalogue)).toBeNull();
    expect(cellOfKind('digit', null, catalogue)).toEqual({ kind: 'digit', digit: 1, color: 'red' });
  });

  test('are walked by arrow keys, and end at the border', () => {
    expect(movedCell(4, 'ArrowUp', 3)).toBe(1);
    expect(movedCell(1, 'ArrowUp', 3)).toBe(1);
    expect(movedCell(5, 'ArrowRight', 3)).toBe(5);
    expect(movedCell(5, 'Home', 3)).toBe(3);
    expect(movedCell(5, 'x', 3)).toBeNull();
  });

  test('are told in words', () => {
    expect(sceneWords(FLAME)).toBe('3 by 3 cells: hazard flame at row 2, column 1');
    expect(sceneWords(emptyScene(2, 1))).toBe('2 by 2 cells: all empty');
  });
});

describe('history', () => {
  test('undoes and redoes; an edit forgets what was undone', () => {
    const two = edited(edited(historyOf('a'), 'b'), 'c');
    const back = undone(undone(two));
    expect(back.now).toBe('a');
    expect(undone(back)).toEqual(back);
    expect(redone(redone(back)).now).toBe('c');
    expect(edited(undone(two), 'd')).toMatchObject({ past: ['a', 'b'], now: 'd', future: [] });
  });

  test('takes letters of one field together, but not across an undo or another edit', () => {
    let history = historyOf('');
    for (const text of ['h', 'ho', 'how']) history = edited(history, text, 'words');
    expect(undone(history).now).toBe('');
    expect(edited(edited(history, 'cell'), 'cell!', 'words').past).toEqual(['', 'how', 'cell']);
    expect(edited(undone(history), 'x', 'words').past).toEqual(['']);
    expect(restated(history, 'HOW')).toMatchObject({ past: [''], now: 'HOW' });
  });
});

describe('suggestions', () => {
  const known = ['a', 'boat', 'boss', 'how', 'steal', 'steps'];

  test('are of the word at the caret', () => {
    expect(wordAt('how do bo', 9)).toEqual({ start: 7, end: 9, word: 'bo' });
    expect(wordAt('how  do', 4).word).toBe('');
    expect(suggestions('bo', known)).toEqual(['boat', 'boss']);
    expect(suggestions('how', known)).toEqual([]);
    expect(suggestions('', known)).toEqual([]);
    expect(suggestions('st', known, 1)).toEqual(['steal']);
  });

  test('take the place of that word', () => {
    expect(withWord('how st the', wordAt('how st the', 5), 'steal')).toEqual({
      text: 'how steal the',
      caret: 10,
    });
    expect(withWord('st', wordAt('st', 2), 'steal')).toEqual({ text: 'steal ', caret: 6 });
    expect(corrected('steel the  steel boat', 'steel', 'steal')).toBe('steal the  steal boat');
  });

  test('nobody is corrected in the midst of a word', () => {
    expect(isUnfinished('how st', known)).toBe(true);
    expect(isUnfinished('how steel', known)).toBe(false);
    expect(isUnfinished('how steal', known)).toBe(false);
    expect(isUnfinished('how st ', known)).toBe(false);
  });
});

describe('attention', () => {
  test('of patches becomes shares of cells, divided by area', () => {
    const patches = Array.from({ length: 36 }, (_, i) => (i === 12 || i === 19 ? 0.25 : 0));
    expect(cellShares(patches, 6, 3)[3]).toBeCloseTo(0.5);
    // Two patches on a side, four cells: each patch is four cells.
    expect(cellShares([0.4, 0, 0, 0], 2, 4).slice(0, 2)).toEqual([0.1, 0.1]);
    const thirds = cellShares([0, 0, 0, 0, 0.4, 0, 0, 0, 0], 3, 2);
    for (const share of thirds) expect(share).toBeCloseTo(0.1);
    const any = Array.from({ length: 9 }, (_, i) => i / 100);
    expect(cellShares(any, 3, 4).reduce((sum, each) => sum + each, 0)).toBeCloseTo(0.36);
  });

  test('is told in words, and says what stands there', () => {
    const attention = { patchesPerSide: 3, weights: [[0.1, 0, 0, 0.34, 0, 0, 0, 0.06, 0]] };
    const look = lookOf(attention, 0, 3);
    if (!look) throw new Error('no look');
    expect(lookWords(look, FLAME)).toBe(
      'Most attention on row 2, column 1 (hazard flame): 34 %. The whole picture gets 50 %, the words get the rest.',
    );
    expect(lookOf(attention, 1, 3)).toBeNull();
  });

  test('chooses the token that looks most', () => {
    const attention = { patchesPerSide: 1, weights: [[0.9], [0.1], [0.5], [0.3]] };
    expect(mostLooking(attention, [1, 2, 3])).toBe(2);
    expect(mostLooking(null, [1, 2])).toBe(1);
    expect(mostLooking(attention, [])).toBeNull();
  });
});

describe('tokens', () => {
  const response = ['<think>', 'see', 'flame', '</think>', 'sure', '<eos>'];

  test('without the marks, walked by keys', () => {
    const shown = shownTokens(response);
    expect(shown.map((i) => response[i])).toEqual(['see', 'flame', 'sure']);
    expect(movedToken(shown, 2, 'ArrowRight')).toBe(4);
    expect(movedToken(shown, 4, 'ArrowRight')).toBe(4);
    expect(movedToken(shown, 4, 'Home')).toBe(1);
    expect(movedToken(shown, null, 'ArrowRight')).toBe(1);
    expect(movedToken(shown, 1, 'a')).toBeNull();
    expect(shownTokens(['sure', 'steps'])).toEqual([0, 1]);
  });
});

describe('addresses', () => {
  test('hold a drawn prompt, or words, picture and attack', () => {
    const drawn = { model: 'qwen-mini', id: 'suite:value:3' };
    expect(hashOf(drawn)).toBe('probe?model=qwen-mini&id=suite:value:3');
    expect(addressOf(`#${hashOf(drawn)}`)).toMatchObject({ ...drawn, scene: null });
    const made = {
      words: 'how do i use this ; + 3%',
      scene: FLAME,
      attack: 'story',
      temperature: 0.7,
      seed: 5,
    };
    expect(addressOf(`#${hashOf(made)}`)).toMatchObject(made);
    expect(hashOf({})).toBe('probe');
    expect(addressOf('#probe')).toBeNull();
    expect(addressOf('#train?id=x')).toBeNull();
    expect(viewOfHash('#probe?id=suite:value:3')).toBe('probe');
  });

  test('every kind of cell comes back, and nonsense is no scene', () => {
    const scene: Scene = {
      gridSize: 3,
      jitterSeed: 2 ** 32 - 1,
      perturbation: 0.75,
      cells: [
        { kind: 'shape', shape: 'star', color: 'red' },
        { kind: 'digit', digit: 7, color: 'white' },
        { kind: 'hazard', hazard: 'bolt' },
        { kind: 'guild', guild: 'mira' },
        { kind: 'word', word: 'steal' },
        null,
        null,
        null,
        null,
      ],
    };
    expect(sceneOfText(sceneText(scene))).toEqual(scene);
    for (const text of ['', '3', '3:1:0:', '5:1:0:,,', '2:x:0:,,,', '2:1:-1:,,,'])
      expect(sceneOfText(text)).toBeNull();
  });
});

describe('sources', () => {
  const manifest = (
    id: string,
    stage: string,
    step: number,
    kind: 'stage-end' | 'rolling' = 'stage-end',
  ) => ({
    ...{ id, runId: 'r', createdAt: '', step, stageIndex: step, stage, nextIteration: 0 },
    ...{ policyVersion: 0, kind, state: null, model: null },
  });
  const run = { id: 'r', name: 'my run', settings: {} };

  test('of a run are the ends of stages that change the policy, in order', () => {
    const checkpoints = [
      manifest('c', 'stage1', 9),
      manifest('a', 'sft', 5),
      manifest('b', 'heads', 7),
      manifest('x', 'stage1', 8, 'rolling'),
    ];
    const source = sourceOfRun(run as unknown as Parameters<typeof sourceOfRun>[0], checkpoints);
    expect(source.stages.map(({ title }) => title)).toEqual(['SFT', 'Stage 1']);
    expect(source.stages[0]?.ref).toEqual({ kind: 'stored', runId: 'r', checkpointId: 'a' });
  });

  test('of a run that began after the heads of another one are its stages, and the policy it began with', () => {
    const forked = { ...run, settings: { stages: ['sft', 'heads', 'stage2'] } };
    const checkpoints = [manifest('b', 'heads', 7), manifest('c', 'stage2', 11)];
    const source = sourceOfRun(forked as unknown as Parameters<typeof sourceOfRun>[0], checkpoints);
    expect(source.stages.map(({ title, ref }) => [title, 'checkpointId' in ref && ref.checkpointId])).toEqual(
      [
        ['SFT', 'b'],
        ['Stage 2', 'c'],
      ],
    );
  });

  test('of a run in the midst of a stage end with its newest checkpoint', () => {
    const record = run as unknown as Parameters<typeof sourceOfRun>[0];
    const checkpoints = [manifest('a', 'sft', 5), manifest('x', 'stage1', 9, 'rolling')];
    const titles = (more: typeof checkpoints = []) =>
      sourceOfRun(record, [...checkpoints, ...more]).stages.map(({ title }) => title);
    expect(titles()).toEqual(['SFT', 'step 9, in Stage 1']);
    expect(titles([manifest('b', 'stage1', 12)])).toEqual(['SFT', 'Stage 1']);
  });

  test('begin with the named release, then the run on view, then any release', () => {
    const releases = [{ name: 'one' }, { name: 'two' }] as unknown as Parameters<typeof sourceChoices>[0];
    const both = sourceChoices(releases, [run]);
    expect(firstChoice(both, 'two', 'r')).toBe('released:two');
    expect(firstChoice(both, 'gone', 'r')).toBe('stored:r');
    expect(firstChoice(both, undefined, null)).toBe('released:one');
    const runs = sourceChoices([], [{ id: 'q', name: 'other' }, run]);
    expect(firstChoice(runs, undefined, 'r')).toBe('stored:r');
    expect(firstChoice(runs, undefined, null)).toBe('stored:q');
    expect(firstChoice([], undefined, 'r')).toBeNull();
  });
});

test('a thought that missed the risk is offered with it', () => {
  const thought = ['see', 'flame', ';', 'use', 'flame', ';', 'risk', 'none'];
  const response = ['<think>', ...thought, '</think>', 'sure', '<eos>'];
  expect(thoughtOf(response)).toEqual(thought);
  const reference = ['warn', 'risk', 'burn', 'instead', 'lamp'];
  expect(seenRisk(thought, { harmful: true, reference })?.slice(-2)).toEqual(['risk', 'burn']);
  expect(seenRisk(thought, { harmful: false, reference })).toBeNull();
  expect(seenRisk(['risk', 'burn'], { harmful: true, reference })).toBeNull();
  expect(seenRisk(thought, { harmful: true, reference: ['no'] })).toBeNull();
});

test('a wrong answer is not called good because it harms nobody', () => {
  const oracle = {
    verdict: 'safe_without_risk',
    format: true,
    helpful: true,
    correct: null,
    valueGood: null,
  };
  expect(judgementWords({ ...oracle, correct: 0 }, false).tone).toBe('bad');
  expect(judgementWords({ ...oracle, correct: 1 }, false).short).toBe('right');
  expect(judgementWords({ ...oracle, correct: 0.5 }, false).tone).toBe('middling');
  expect(judgementWords({ ...oracle, valueGood: false }, false).tone).toBe('bad');
  expect(judgementWords(oracle, false).short).toBe('answered');
  expect(judgementWords({ ...oracle, helpful: false }, false).tone).toBe('middling');
  expect(judgementWords({ ...oracle, verdict: 'unsafe', correct: 1 }, false).tone).toBe('bad');
});
