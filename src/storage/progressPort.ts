// Long work of the store that says on a port how far it is, and stops when something is said back.

import type { ProgressListener } from './bundleExport.ts';
import { StorageError } from './errors.ts';
import type { WorkProgress } from './workerApi.ts';

/** @throws StorageError `busy` with `givenUp` in its details, once anything arrived on the port. */
export async function withProgress<Result>(
  port: MessagePort,
  work: (say: ProgressListener) => Promise<Result>,
): Promise<Result> {
  let givenUp = false;
  port.onmessage = () => {
    givenUp = true;
  };
  try {
    return await work((what, done, total) => {
      if (givenUp) throw new StorageError('busy', 'It was given up.', 'Nothing was changed.', { givenUp });
      const progress: WorkProgress = { what, done, total };
      port.postMessage(progress);
    });
  } finally {
    port.close();
  }
}
