// Which parts of `npm test` are run, and what is left out on a machine without some browser.

import { describe, expect, it } from 'vitest';
import { PlaygroundError, UsageError } from '../../src/base/errors.ts';
import { absentOf, partsOf } from '../../src/tooling/testSections.ts';

describe('the sections of a test run', () => {
  it('have the walk where all browsers are asked for, and alone what is chosen', () => {
    expect(partsOf(null, 'chromium')).toEqual(['unit', 'browser', 'lint', 'types']);
    expect(partsOf(null, 'all')).toContain('walk');
    expect(partsOf('walk', 'chromium')).toEqual(['walk']);
  });

  it('skip the walk in a browser that is not here, and say so in one line', () => {
    const said: string[] = [];
    const missing = () => {
      throw new PlaygroundError('not-found', 'There is no Firefox on this machine.', 'Install Firefox.');
    };
    const absent = absentOf({ Firefox: missing, WebKitGTK: () => '/usr/bin/x' }, (line) => said.push(line));
    expect(absent).toEqual(['Firefox']);
    expect(said).toEqual([
      'The walk in Firefox is skipped: There is no Firefox on this machine. Install Firefox.',
    ]);
  });

  it('fail where a browser is named that is no file', () => {
    const wrong = () => {
      throw new UsageError('FIREFOX_PATH is /nowhere, but there is no such file.', 'Unset it.');
    };
    expect(() => absentOf({ Firefox: wrong }, () => undefined)).toThrow(/no such file/);
  });
});
