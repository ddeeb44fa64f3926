// Messages: those on a run go with it, and the guard's is told without keys of settings.

import { expect, it } from 'vitest';
import { Notices } from '../../src/ui/session/notices.ts';
import { alertOfWire } from '../../src/ui/state/alerts.ts';

const DIVERGED = {
  code: 'diverged',
  message:
    'The run stopped at iteration 7 of stage2: the KL to the reference is 31.00, above guard_max_kl 20.',
  hint: 'Start a new run with a lower learning rate of the stage, a smaller epsilon or a larger beta.',
  details: { stage: 'stage2', iteration: 7 },
  stack: '',
} as const;

it('a message on a run goes with it; others stay', () => {
  const notices = new Notices();
  notices.inform('A link was not used.', '');
  notices.addOfRun(alertOfWire(DIVERGED));
  notices.dismissOfRun();
  expect(notices.alerts.value.map(({ message }) => message)).toEqual(['A link was not used.']);
});

it('what the guard saw is told in full once, in its card: the message names no key', () => {
  const { message, hint, details } = alertOfWire(DIVERGED);
  expect(`${message} ${hint}`).not.toMatch(/_|epsilon|beta/);
  expect(details).toContain('guard_max_kl');
});
