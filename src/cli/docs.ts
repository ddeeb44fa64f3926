// `npm run docs`: writes docs/SETTINGS.md and docs/METRICS.md from their tables.

import { mkdir, writeFile } from 'node:fs/promises';
import { settingsMarkdown } from '../config/index.ts';
import { metricsMarkdown } from '../terms/metrics/docs.ts';
import { command } from './command.ts';

const FILES = { 'docs/SETTINGS.md': settingsMarkdown, 'docs/METRICS.md': metricsMarkdown };

export const main = command({
  line: 'npm run docs',
  about: `Writes ${Object.keys(FILES).join(' and ')} from their tables.`,
  flags: {},
  run: async () => {
    await mkdir('docs', { recursive: true });
    for (const [file, textOf] of Object.entries(FILES)) {
      await writeFile(file, textOf());
      console.log(`Wrote ${file}.`);
    }
  },
});
