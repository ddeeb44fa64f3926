// The views by name, in the order of the navigation; the first is the one of an address that names none.

/** What each view is for, in one sentence. Its name stands in the address, after `#`. */
const ABOUT = {
  train: 'Settings, stages and curves of the run.',
  samples: 'What the policy answered, how it was rewarded, and why one response won.',
  probe:
    'Ask the stages of a model your own question, with a picture of your own, and compare their answers.',
  evaluation: 'Safety and capability per stage, and how good the judges are.',
  lab: 'Any setting at several values, under several seeds: which is better, with an interval.',
  runs: 'Every run that is kept here: open, compare, export, import.',
  lessons: 'Six lessons: predict, train, compare, understand. Links for a class, and the glossary.',
  device: 'What this browser computes on, how fast, and how much it stores.',
} as const;

export type ViewName = keyof typeof ABOUT;

export const VIEWS = (Object.keys(ABOUT) as ViewName[]).map((name) => ({
  name,
  title: name.replace(/^./, (letter) => letter.toUpperCase()),
  about: ABOUT[name],
}));

/** The view that the part of the address after `#` names (up to a `?`, what follows is the view's own); the first one where it names none. */
export function viewOfHash(hash: string): ViewName {
  const [name] = hash.replace(/^#/, '').split('?');
  return (VIEWS.find((view) => view.name === name) ?? VIEWS[0]).name;
}
