// The views by name, in the order of the navigation; the first is the one of an address that names none.

export const VIEWS = [
  {
    name: 'train',
    title: 'Train',
    about: 'Settings, stages and curves of the run.',
  },
  {
    name: 'samples',
    title: 'Samples',
    about: 'What the policy answered, how it was rewarded, and why one response won.',
  },
  {
    name: 'probe',
    title: 'Probe',
    about:
      'Ask the stages of a model your own question, with a picture of your own, and compare their answers.',
  },
  {
    name: 'evaluation',
    title: 'Evaluation',
    about: 'Safety and capability per stage, and how good the judges are.',
  },
  {
    name: 'runs',
    title: 'Runs',
    about: 'Every run that is kept here: open, compare, export, import.',
  },
  {
    name: 'device',
    title: 'Device',
    about: 'What this browser computes on, how fast, and how much it stores.',
  },
] as const satisfies readonly ViewInfo[];

export type ViewInfo = {
  /** In the address, after `#`. */
  name: string;
  title: string;
  /** One sentence: what it is for. */
  about: string;
};

export type ViewName = (typeof VIEWS)[number]['name'];

export function viewOf(name: ViewName): (typeof VIEWS)[number] {
  return VIEWS.find((view) => view.name === name) ?? VIEWS[0];
}

/** The view that the part of the address after `#` names (up to a `?`, what follows is the view's own); the first one where it names none. */
export function viewOfHash(hash: string): ViewName {
  const [name] = hash.replace(/^#/, '').split('?');
  return VIEWS.find((view) => view.name === name)?.name ?? VIEWS[0].name;
}
