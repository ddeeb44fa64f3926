// `npm run docs:settings`: writes docs/SETTINGS.md from the settings table.

import { mkdir, writeFile } from 'node:fs/promises';
import { settingsMarkdown } from '../config/index.ts';

const FILE = 'docs/SETTINGS.md';

export async function main(): Promise<number> {
  await mkdir('docs', { recursive: true });
  await writeFile(FILE, settingsMarkdown());
  console.log(`Wrote ${FILE}.`);
  return 0;
}
