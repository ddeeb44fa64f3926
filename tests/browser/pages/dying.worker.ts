// A worker that can end in the ways that workers end.

import { exposeApi } from '../../../src/protocol/remote.ts';

/** What the page may ask of it. */
export class Mortal {
  greet(): string {
    return 'alive';
  }
  never(): Promise<void> {
    return new Promise(() => undefined);
  }
  /** Ends without any event. */
  close(): void {
    self.close();
  }
  /** Throws where nobody catches. */
  crash(): void {
    setTimeout(() => {
      throw new Error('crashed on purpose');
    });
  }
  async addPort(port: MessagePort): Promise<void> {
    exposeApi(this, port);
  }
}

exposeApi(new Mortal(), self);
