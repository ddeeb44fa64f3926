// `npm run docs`: writes docs/SETTINGS.md and docs/METRICS.md from their tables.

import { settingsMarkdown } from '../config/index.ts';
import { metricsMarkdown } from '../terms/metrics/docs.ts';
import { writeWhole } from '../tooling/wholeFile.ts';
import { command } from './command.ts';

const FILES = { 'docs/SETTINGS.md': settingsMarkdown, 'docs/METRICS.md': metricsMarkdown };

export const main = command({
  line: 'npm run docs',
  about: `Writes ${Object.keys(FILES).join(' and ')} from their tables.`,
  flags: {},
  run: async () => {
    for (const [file, textOf] of Object.entries(FILES)) {
      writeWhole(file, textOf());
      console.log(`Wrote ${file}.`);
    }
  },
});
