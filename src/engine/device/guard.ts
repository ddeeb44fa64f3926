// Turns what a GPU reports on the side (a lost device, an error nobody awaited) into rejected calls.

import { PlaygroundError } from '../../base/errors.ts';

const HINT =
  'Reload the page and resume from the last checkpoint, take a smaller model or batch, or choose the engine "wasm".';

/** The state of one device. CPU backends have one that never fails. */
export class DeviceGuard {
  private failure: PlaygroundError | null = null;
  private reject: (error: PlaygroundError) => void = () => undefined;
  private readonly failed: Promise<never>;

  constructor(private readonly deviceName: string) {
    this.failed = new Promise<never>((_, reject) => {
      this.reject = reject;
    });
    // Someone races against it only while reading.
    this.failed.catch(() => undefined);
  }

  /** Every later call rejects; nothing computed after the first failure can be trusted. */
  fail(what: string): void {
    if (this.failure) return;
    this.failure = new PlaygroundError('device-lost', `${this.deviceName}: ${what}`, HINT);
    this.reject(this.failure);
  }

  /**
   * What to throw for something that the browser threw during work on the device. Its own errors (an OperationError, a
   * GPUPipelineError) mean that the device is of no use any more, and often come before it is declared lost.
   */
  explain(thrown: unknown): unknown {
    if (!this.failure && thrown instanceof DOMException) {
      this.fail(`the device was lost or reports an error (${thrown.message || thrown.name})`);
    }
    return thrown instanceof DOMException ? this.failure : thrown;
  }

  get hasFailed(): boolean {
    return this.failure !== null;
  }

  /** @throws PlaygroundError when the device has failed. */
  check(): void {
    if (this.failure) throw this.failure;
  }

  /** Awaits a read of the device; rejects as soon as the device fails. */
  async race<T>(work: Promise<T>): Promise<T> {
    // A failed device may reject this later, when no one awaits it.
    work.catch(() => undefined);
    this.check();
    const result = await Promise.race([work, this.failed]);
    this.check();
    return result;
  }

  /** Listens to a WebGPU device until `stopped()` says that it was given up on purpose. */
  watchDevice(device: GPUDevice, stopped: () => boolean): void {
    device.lost.then(({ reason, message }) => {
      if (!stopped()) this.fail(`the device was lost (${reason || 'unknown reason'}: ${message})`);
    });
    device.addEventListener('uncapturederror', (event) => {
      this.fail(`the device reports an error: ${event.error.message}`);
    });
  }

  watchCanvas(canvas: EventTarget): void {
    canvas.addEventListener('webglcontextlost', () => this.fail('the WebGL context was lost'));
  }
}
