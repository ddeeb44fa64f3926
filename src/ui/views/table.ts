// The code of each view: loaded when it is first shown, so that the first paint waits for nothing it does not show.

import type { ComponentType } from 'preact';
import type { ViewName } from '../commands/viewNames.ts';
import type { ViewProps } from './types.ts';

export const VIEW_CODE: { readonly [name in ViewName]: () => Promise<ComponentType<ViewProps>> } = {
  train: async () => (await import('./train/TrainView.tsx')).TrainView,
  samples: async () => (await import('./samples/SamplesView.tsx')).SamplesView,
  probe: async () => (await import('./probe/ProbeView.tsx')).ProbeView,
  evaluation: async () => (await import('./evaluation/EvaluationView.tsx')).EvaluationView,
  runs: async () => (await import('./runs/RunsView.tsx')).RunsView,
  device: async () => (await import('./device/DeviceView.tsx')).DeviceView,
};
