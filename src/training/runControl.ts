// How a run is paused, stepped, stopped and told to skip: what is wished for from outside, and where the loop asks.

import type { Answer, TrainingControl } from './context.ts';

export type Wish = 'run' | 'pause' | 'step' | 'stop';

/** A pause as long is a rest; steps in a row come faster. */
const REST_MS = 500;

/** The control between iterations (and pause points inside long ones): lets the loop through, holds it, or ends it. */
export class RunControl implements TrainingControl {
  private wish: Wish;
  private wake: (() => void) | null = null;
  /** A single iteration is under way: its pause points are open, whatever the control after it will do. */
  private stepping = false;
  /** The stage that is to be skipped. */
  private unwanted: string | null = null;

  constructor(
    private readonly yieldThread: () => Promise<void>,
    private readonly onPause: (paused: boolean) => Promise<void>,
    first: 'run' | 'pause' = 'run',
    private readonly rest = () => new Promise<void>((resolve) => setTimeout(resolve, REST_MS)),
  ) {
    this.wish = first;
  }

  set(wish: Wish): void {
    if (this.wish === 'stop') return;
    this.wish = wish;
    this.stepping = false;
    this.wake?.();
  }

  /** A paused run skips too, and is paused before the next stage. */
  skip(stage: string): void {
    this.unwanted = stage;
    this.wake?.();
  }

  async beforeIteration(stage: string, onRest?: () => Promise<void>): Promise<Answer> {
    await this.yieldThread();
    this.stepping = false;
    // Asked for in an earlier stage, which ended by itself meanwhile.
    if (this.unwanted !== stage) this.unwanted = null;
    return this.hold(stage, onRest);
  }

  async pausePoint(stage: string | null): Promise<Answer> {
    await this.yieldThread();
    return this.stepping && !this.isUnwanted(stage) ? 'go' : this.hold(stage);
  }

  private async hold(stage: string | null, onRest?: () => Promise<void>): Promise<Answer> {
    if (this.wish === 'pause' && !this.isUnwanted(stage)) {
      await this.onPause(true);
      let rested = onRest === undefined;
      while (this.currentWish() === 'pause' && !this.isUnwanted(stage)) {
        const woken = new Promise<'woken'>((resolve) => {
          this.wake = () => resolve('woken');
        });
        if (rested) await woken;
        else if ((await Promise.race([woken, this.rest()])) !== 'woken') {
          rested = true;
          await onRest?.();
        }
      }
      if (this.currentWish() === 'run') await this.onPause(false);
    }
    if (this.wish === 'stop') return 'stop';
    if (this.isUnwanted(stage)) {
      this.unwanted = null;
      return 'skip';
    }
    if (this.wish === 'step') {
      this.wish = 'pause';
      this.stepping = true;
    }
    return 'go';
  }

  private isUnwanted(stage: string | null): boolean {
    return stage !== null && this.unwanted === stage;
  }

  private currentWish(): Wish {
    return this.wish;
  }
}
