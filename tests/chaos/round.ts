// One run in one profile: trained, killed as planned, taken up as a user would, and read when it is done.

import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../src/base/format.ts';
import { bundleOf, endWorker, look, pressButton, type StoredRun, storedRuns, type View } from './inPage.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { hasReached, KILLS, type Kill } from './plan.ts';
import type { Visitor } from './visitor.ts';

/** Without anything new for so long it hangs. A quiet machine needs a few seconds after the worst kill. */
export const PATIENCE_MS = 180_000;
/** A call of a page that dies meanwhile may never answer. */
const ANSWER_MS = 30_000;
const LOOK_EVERY_MS = 25;

/** What the page says of a run that resumes by itself. */
const GOES_ON = /resumed/;
/** It rightly asks where a run died again and again in the same place. */
const GIVES_UP = /stopped 3 times without getting further/;
/** What a user presses to go on, best first. */
const WAYS_ON = ['Resume from the last checkpoint', 'Resume it', 'Watch it'];

/** One run in one profile. */
export class Round {
  /** The newest look. */
  #view: View | null = null;
  #runs: readonly StoredRun[] = [];
  /** What was pressed since the kill. */
  #pressed: string[] = [];

  constructor(
    private readonly visitor: Visitor,
    private readonly address: string,
    private readonly say: (line: string) => void,
  ) {}

  async train(kills: readonly Kill[]): Promise<Outcome> {
    await withWatch('The browser', PATIENCE_MS, this.visitor.open(this.address));
    for (const [i, kill] of kills.entries()) {
      const name = `kill ${i + 1} of ${kills.length}, ${KILLS[kill.kind]}`;
      await this.#await(kill, name);
      const before = await this.#look();
      if (!(await withWatch(`${name}: the kill itself`, 2 * PATIENCE_MS, this.#carryOut(kill)))) {
        this.say(`  ${name}: none is left, for the run is done`);
        continue;
      }
      const killedAt = performance.now();
      this.#pressed = [];
      const line = `  ${name}, at ${placeText(before)}`;
      if (kills[i + 1]?.at === null) {
        this.say(`${line}: not waited for`);
        continue;
      }
      const isWorker = kill.kind === 'train' || kill.kind === 'store';
      const trainers = before?.trainers ?? 0;
      const isDone = await this.#until(line.trim(), ({ heard, alerts }) => {
        const goesOn = heard !== null && (!isWorker || heard.worker > trainers);
        return goesOn && (this.#pressed.length > 0 || alerts.some(({ text }) => GOES_ON.test(text)));
      });
      const how = this.#pressed.length === 0 ? 'by itself' : `by ${this.#pressed.join(', ')}`;
      const what = isDone ? 'the run is done' : `on ${how}, from ${placeText(this.#view)}`;
      this.say(`${line}: ${what}, after ${since(killedAt)}`);
    }
    await this.#until('The end of the run', () => false);
    // The first command after the death of a worker may be the one that notices it.
    const runs = await this.#ask(storedRuns, undefined).catch(() => this.#ask(storedRuns, undefined));
    if (runs?.length !== 1) throw new Error(`There are ${runs?.length} runs, and one was started.`);
    return outcomeOf(new Uint8Array(Buffer.from(await this.#ask(bundleOf, runs[0].id), 'base64')));
  }

  async #await({ at, delayMs }: Kill, what: string): Promise<void> {
    if (at)
      await this.#until(
        `${what}, waiting for its moment`,
        ({ heard }) => heard !== null && hasReached(heard, at),
      );
    await sleep(delayMs);
  }

  /** False where there is nothing to kill, for the kill before came so late that the run is done and needs no worker any more. */
  async #carryOut({ kind }: Kill): Promise<boolean> {
    const { visitor } = this;
    if (kind === 'train' || kind === 'store') {
      const endMs = performance.now() + PATIENCE_MS;
      for (; performance.now() < endMs; await sleep(LOOK_EVERY_MS)) {
        if (await this.#ask(endWorker, kind).catch(() => false)) return true;
        const view = await this.#look();
        if (view && (await this.#isDone(view))) return false;
      }
      throw new Error(`There is no ${KILLS[kind]} to kill.`);
    }
    if (kind === 'reload') {
      await visitor.reload();
      return true;
    }
    if (kind === 'close') await visitor.closeTab();
    if (kind === 'tab') await visitor.killTab();
    if (kind === 'quit') await visitor.quit();
    if (kind === 'browser') await visitor.kill();
    await visitor.open(this.address);
    return true;
  }

  /** Looks at the page, and presses what a user would, until the condition holds or the run is done; true where it is done. */
  async #until(what: string, holds: (view: View) => boolean): Promise<boolean> {
    let newest = '';
    let newAt = performance.now();
    for (;;) {
      const view = await this.#look();
      if (view) {
        if (holds(view)) return false;
        if (view.errors.length > 0)
          throw new Error(`${what}: uncaught in the page: ${view.errors.join('; ')}`);
        if (await this.#isDone(view)) return true;
      }
      const text = JSON.stringify(view);
      if (text !== newest) [newest, newAt] = [text, performance.now()];
      if (performance.now() - newAt > PATIENCE_MS)
        throw new Error(
          `${what}: nothing new for ${formatDuration(PATIENCE_MS)}. The page: ${newest}; runs: ${JSON.stringify(this.#runs)}`,
        );
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** True where the run is done; else the user's part is done here. */
  async #isDone({ phase, alerts }: View): Promise<boolean> {
    if (phase === 'done') return true;
    const wayOn = WAYS_ON.find((name) => alerts.some(({ buttons }) => buttons.includes(name)));
    if (
      wayOn !== undefined &&
      (await this.#ask(pressButton, { name: wayOn, within: '.alert' }).catch(() => false))
    ) {
      const texts = alerts.map(({ text }) => text);
      if (!texts.some((text) => GIVES_UP.test(text)))
        throw new Error(`The page asks what it need not: ${texts.join(' / ')}`);
      this.#pressed.push(`“${wayOn}”`);
      return false;
    }
    if (phase !== 'ready') return false;
    const runs = await this.#ask(storedRuns, undefined).catch(() => null);
    if (runs === null) return false;
    this.#runs = runs;
    if (runs[0]?.status === 'done') return true;
    if (
      runs.length === 0 &&
      (await this.#ask(pressButton, { name: 'Start', within: 'header' }).catch(() => false))
    )
      this.#pressed.push('“Start”');
    return false;
  }

  /** Null where there is no page that answers. */
  async #look(): Promise<View | null> {
    this.#view = await this.#ask(look, undefined).catch(() => null);
    return this.#view;
  }

  #ask<Given, Result>(work: (given: Given) => Result | Promise<Result>, given: Given): Promise<Result> {
    return withWatch('The page', ANSWER_MS, this.visitor.evaluate(work, given));
  }
}

/** @throws Error where the work has not ended in time. */
export async function withWatch<Result>(
  what: string,
  mostMs: number,
  work: Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer within ${mostMs / 1000} s.`)), mostMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function placeText(view: View | null): string {
  if (!view) return 'the opening of the page';
  const { heard, phase } = view;
  return heard ? `${heard.stage} ${heard.iteration} (step ${heard.step})` : `phase “${phase}”`;
}

export function since(startMs: number): string {
  return `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
}
