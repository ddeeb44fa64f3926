// The page's lines to its workers: how they are opened, and what is used of them.

import type { TrainControl } from '../../protocol/messages.ts';
import type { RemoteConnection } from '../../protocol/remote.ts';
import type { StoreWorkerApi } from '../../storage/workerApi.ts';
import type { InspectorLink } from './inspectorClient.ts';

export type StoreLink = Pick<RemoteConnection<StoreWorkerApi>, 'api' | 'died' | 'markDead'>;
export type TrainLink = Pick<RemoteConnection<TrainControl>, 'api' | 'died' | 'markDead'>;

/** How the session gets its workers; tests and previews give their own. */
export type WorkerLinks = {
  openStore: () => StoreLink;
  openTrainer: () => TrainLink;
  openInspector: () => InspectorLink;
};
