// docs/BROWSERS.md: what the walks showed, as a table.

/** `cells`: by the names of the steps. */
export type Walked = { title: string; version: string; cells: ReadonlyMap<string, string> };

/** Versions move on without a change of the page: no difference. */
const VERSIONS = /^Seen in .*$/m;

export function browsersMarkdown(walked: readonly Walked[]): string {
  const versions = walked.map(({ title, version }) => `${title} ${/^\d+(\.\d+)?/.exec(version)?.[0]}`);
  const steps = [...(walked[0]?.cells.keys() ?? [])];
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    '# Browsers',
    '',
    'What a walk through the built page shows in the browsers of Debian 12, stock packages, on a machine without a graphics card.',
    'The walk itself writes this table: `npm test -- --only walk`.',
    '',
    `Seen in ${versions.join(', ')}.`,
    '',
    row(['', ...walked.map(({ title }) => title)]),
    row(['---', ...walked.map(() => '---')]),
    ...steps.map((step) => row([step, ...walked.map(({ cells }) => cells.get(step) ?? '')])),
    '',
    'Firefox is driven over WebDriver BiDi, WebKitGTK by WebDriver, both with the clicks and keys of a user. Without a network means:',
    'the server of the page is stopped. Chromium alone runs the browser tests too.',
    '',
  ].join('\n');
}

export function sameTable(a: string, b: string): boolean {
  return a.replace(VERSIONS, '') === b.replace(VERSIONS, '');
}
