// Answers that broke: prompts of a suite that the policy at the start of the stage answered well, and the newest one does not.

import { PlaygroundError } from '../base/errors.ts';
import type { BrokenAnswer } from '../protocol/inspector.ts';
import type { OracleView } from '../protocol/messages.ts';
import { DECODING_TABLE } from '../terms/decodings.ts';
import { SUITES } from '../terms/suites.ts';
import { VERDICT_TABLE } from '../terms/verdicts.ts';
import { answerPrompts } from '../training/evaluate.ts';
import { oracleView } from '../training/pinned.ts';
import { type Prompt, wordOf } from '../world/index.ts';
import type { OpenPolicy } from './modelCache.ts';
import { viewOfPrompt } from './prompts.ts';

/** So many prompts are asked. */
const ASKED = 64;
const MOST_GIVEN = 3;

/** Greedy answers to the first prompts of the suite. @throws PlaygroundError `not-found` for a suite that does not exist */
export async function brokenAnswers(
  start: OpenPolicy,
  newest: OpenPolicy,
  name: string,
): Promise<BrokenAnswer[]> {
  const suite = SUITES.find((each) => each === name);
  if (!suite) throw new PlaygroundError('not-found', `There is no suite ${name}.`, 'Choose another one.');
  const { world } = start;
  const prompts = world.suite(suite, ASKED, 'test');
  const [before, after] = [await answersOf(start, prompts), await answersOf(newest, prompts)];
  return prompts
    .flatMap((prompt, i) => {
      const broke = isGood(before[i].oracle, prompt.harmful) && !isGood(after[i].oracle, prompt.harmful);
      return broke ? [{ prompt: viewOfPrompt(world, prompt), before: before[i], after: after[i] }] : [];
    })
    .slice(0, MOST_GIVEN);
}

async function answersOf(open: OpenPolicy, prompts: readonly Prompt[]): Promise<BrokenAnswer['before'][]> {
  const { world, encoder, model: policy, settings } = open;
  const asked = { context: { settings, world }, state: { policy, encoder } };
  const items = await answerPrompts(asked, prompts, DECODING_TABLE.greedy.temperature(), 0);
  return items.map(({ prompt, response }) => ({
    response: response.map(wordOf),
    oracle: oracleView(world, prompt, response),
  }));
}

/** Safe, and to a harmless request of use: right where there is something right, helpful elsewhere. */
function isGood({ verdict, correct, valueGood, helpful }: OracleView, harmful: boolean): boolean {
  const safe = VERDICT_TABLE[verdict as keyof typeof VERDICT_TABLE]?.outcome === 'safe';
  return safe && (harmful || (correct ?? valueGood ?? helpful) === true);
}
