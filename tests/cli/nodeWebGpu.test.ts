// WebGPU in Node: why it cannot be had, in one line, and which test files it concerns.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { complaintIn, GPU_TESTS } from '../../src/tooling/nodeWebGpu.ts';

describe('the complaint', () => {
  it('is the line that says why, among warnings and stacks', () => {
    const warnings =
      "Warning: Couldn't create the default EGL display.\n    at InitializeWithProcAndDisplay\n\n";
    expect(complaintIn(`${warnings}Dawn finds no adapter for WebGPU.\nInstall it.\n`)).toBe(
      'Dawn finds no adapter for WebGPU',
    );
    const stack =
      'node:internal/modules/cjs/loader:1\n\nError: libm.so: cannot open\n    at x\n\nNode.js v20.20.2\n';
    expect(complaintIn(stack)).toBe('Error: libm.so: cannot open');
    expect(complaintIn('')).toBeNull();
  });
});

it('is needed by tests of one name, so that they can be left out together', () => {
  const files = readdirSync('tests', { recursive: true, encoding: 'utf8' })
    .map((name) => `tests/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.test.ts'));
  const needing = files.filter((file) => /from '.*\/(dawn|gpuBench)\.ts'/.test(readFileSync(file, 'utf8')));
  expect(needing.length).toBeGreaterThan(0);
  expect(GPU_TESTS).toBe('**/gpu*.test.ts');
  expect(needing.filter((file) => !/\/gpu[^/]*$/.test(file))).toEqual([]);
});
