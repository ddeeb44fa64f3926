// Which reward terms are shown as not applying to a prompt.

import { expect, it } from 'vitest';
import { applies } from '../../src/ui/parts/Terms.tsx';

it('a term applies by label and picture, and what is no term always', () => {
  const shown = (label: string, image: object | null) =>
    ['format', 'visual_focus', 'helpful', 'task', 'gold'].filter((name) => applies(name, { label, image }));
  expect(shown('safety', null)).toEqual(['format', 'task', 'gold']);
  expect(shown('normal', {})).toEqual(['format', 'visual_focus', 'helpful', 'gold']);
});
