// What `npm test` counts.

import { describe, expect, it } from 'vitest';
import { addCounts, countsLine, playwrightCounts, vitestCounts } from '../../src/tooling/testCounts.ts';

const REPORT = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

describe('counts', () => {
  it('add up and print as one line', () => {
    const sum = addCounts({ passed: 1, failed: 0, skipped: 0 }, { passed: 2, failed: 1, skipped: 0 });
    expect(countsLine(sum)).toBe('3 passed, 1 failed');
    expect(countsLine({ ...sum, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });

  it('take tests from the report of vitest', () => {
    const report = { ...REPORT, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 };
    expect(vitestCounts(report, 1)).toEqual({ passed: 5, failed: 2, skipped: 2 });
  });

  it('count a file that does not load, and an error outside of any test', () => {
    const broken = { ...REPORT, testResults: [{ status: 'failed', assertionResults: [] }] };
    expect(vitestCounts(broken, 1).failed).toBe(1);
    expect(vitestCounts(REPORT, 1).failed).toBe(1);
    expect(vitestCounts(REPORT, 0).failed).toBe(0);
  });

  it('take tests from the report of Playwright, and an error outside of any test', () => {
    const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };
    expect(playwrightCounts({ stats }, 1)).toEqual({ passed: 4, failed: 2, skipped: 2 });
    const fine = { expected: 4, unexpected: 0, flaky: 0, skipped: 0 };
    expect(playwrightCounts({ stats: fine }, 0)).toEqual({ passed: 4, failed: 0, skipped: 0 });
    expect(playwrightCounts({ stats: fine }, 1).failed).toBe(1);
  });
});
