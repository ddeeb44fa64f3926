// The views in the order of the navigation; the first is the one of an address that names none.

import type { ViewInfo } from './types.ts';

export const VIEWS = [
  {
    name: 'train',
    title: 'Train',
    about: 'Settings, stages and curves of the run.',
    load: async () => (await import('./train/TrainView.tsx')).TrainView,
  },
  {
    name: 'samples',
    title: 'Samples',
    about: 'What the policy answered, how it was rewarded, and why one response won.',
    load: async () => (await import('./samples/SamplesView.tsx')).SamplesView,
  },
  {
    name: 'probe',
    title: 'Probe',
    about:
      'Ask the stages of a model your own question, with a picture of your own, and compare their answers.',
    load: async () => (await import('./probe/ProbeView.tsx')).ProbeView,
  },
  {
    name: 'evaluation',
    title: 'Evaluation',
    about: 'Safety and capability per stage, and how good the judges are.',
    load: async () => (await import('./evaluation/EvaluationView.tsx')).EvaluationView,
  },
  {
    name: 'runs',
    title: 'Runs',
    about: 'Every run that is kept here: open, compare, export, import.',
    load: async () => (await import('./runs/RunsView.tsx')).RunsView,
  },
  {
    name: 'device',
    title: 'Device',
    about: 'What this browser computes on, how fast, and how much it stores.',
    load: async () => (await import('./device/DeviceView.tsx')).DeviceView,
  },
] as const satisfies readonly ViewInfo[];

export type ViewName = (typeof VIEWS)[number]['name'];

/** The view that the part of the address after `#` names (up to a `?`, what follows is the view's own); the first one where it names none. */
export function viewOfHash(hash: string): ViewName {
  const [name] = hash.replace(/^#/, '').split('?');
  return VIEWS.find((view) => view.name === name)?.name ?? VIEWS[0].name;
}
