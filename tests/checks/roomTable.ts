// `tsx tests/checks/roomTable.ts`: writes the table of rooms into docs/ARCHITECTURE.md.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ROOMS, RULES } from './rooms.ts';

export const ARCHITECTURE = 'docs/ARCHITECTURE.md';
const BLOCK = /(<!-- rooms -->\n)[\s\S]*(<!-- \/rooms -->)/;

/** The text with the table of rooms as the rules have it. */
export function withRoomTable(text: string): string {
  const rows = ROOMS.map((room) => {
    const { holds, may, mayTypes = [] } = RULES[room];
    const names = [...may, ...mayTypes.map((name) => `${name} (types)`)];
    return `| \`${room}\` | ${holds} | ${names.join(', ')} |`;
  });
  const table = ['| room | holds | may import |', '| --- | --- | --- |', ...rows].join('\n');
  return text.replace(BLOCK, (_, start: string, end: string) => `${start}${table}\n${end}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(ARCHITECTURE, withRoomTable(readFileSync(ARCHITECTURE, 'utf8')));
