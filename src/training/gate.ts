// How a run is paused, stepped and stopped: what is wished for from outside, and where the loop asks.

import type { TrainingControl } from './context.ts';

export type Wish = 'run' | 'pause' | 'step' | 'stop';

/** The gate between iterations (and passages inside long ones): lets the loop through, holds it, or ends it. */
export class Gate implements TrainingControl {
  private wish: Wish = 'run';
  private wake: (() => void) | null = null;
  /** A single iteration is under way: its passages are open, whatever the gate after it will do. */
  private stepping = false;

  constructor(
    private readonly yieldThread: () => Promise<void>,
    private readonly onPause: (paused: boolean) => Promise<void>,
  ) {}

  set(wish: Wish): void {
    if (this.wish === 'stop') return;
    this.wish = wish;
    this.stepping = false;
    this.wake?.();
  }

  async gate(): Promise<'go' | 'stop'> {
    await this.yieldThread();
    this.stepping = false;
    return this.hold();
  }

  async passage(): Promise<'go' | 'stop'> {
    await this.yieldThread();
    return this.stepping ? 'go' : this.hold();
  }

  private async hold(): Promise<'go' | 'stop'> {
    if (this.wish === 'pause') {
      await this.onPause(true);
      while (this.currentWish() === 'pause') {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
      if (this.currentWish() === 'run') await this.onPause(false);
    }
    if (this.wish === 'stop') return 'stop';
    if (this.wish === 'step') {
      this.wish = 'pause';
      this.stepping = true;
    }
    return 'go';
  }

  private currentWish(): Wish {
    return this.wish;
  }
}
