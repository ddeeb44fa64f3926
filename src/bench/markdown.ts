// The results as a Markdown page: verdicts, a table per measure and size, peaks, and how it was measured.

import { markdown } from '../base/textTable.ts';
import { ADAPTER_WORDS, labelOf } from './engines.ts';
import { threeDigits } from './statistics.ts';
import { type Cell, type MeasureKind, PHASES, type Results, type SizeFigures, type Spread } from './types.ts';
import { verdictLine } from './verdicts.ts';

/** File names of the curves beside the page. */
export type Curve = { file: string; title: string };

const NONE = '-';

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdown({ header, rows: rows.map((row) => row.map((text) => text.replaceAll('\n', ' '))) }, 1);
}

function spreadText(spread: Spread | undefined | null): string {
  if (!spread) return NONE;
  const { median, min, max, count } = spread;
  return count === 1
    ? threeDigits(median)
    : `${threeDigits(median)} (${threeDigits(min)}-${threeDigits(max)})`;
}

/** Time of a cell with what has to be known of it. */
function timeText(cell: Cell): string {
  if (cell.state === 'over-cap') return `over ${threeDigits(cell.ms!.median)}`;
  if (!cell.ms || cell.state === 'failed') return cell.state.replace('-', ' ');
  return `${spreadText(cell.ms)}${cell.state === 'cold' ? ' first run' : ''}`;
}

function number(value: number | null): string {
  return value === null ? NONE : threeDigits(value);
}

function percent(value: number | null): string {
  return value === null ? NONE : `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`;
}

function bytes(value: number): string {
  return value < 1e6 ? `${threeDigits(value / 1e3)} KB` : `${threeDigits(value / 1e6)} MB`;
}

function rowsOf(results: Results, size: SizeFigures, measure: MeasureKind): string {
  const cells = results.cells
    .filter((cell) => cell.size === size.name && cell.measure === measure)
    .sort((a, b) => (a.ms?.median ?? Infinity) - (b.ms?.median ?? Infinity));
  if (cells.length === 0) return 'Nothing was measured.';
  const name = (cell: Cell) => {
    const out = results.disqualified.some(
      (one) => one.engine === cell.engine && one.adapter === cell.adapter && one.size === cell.size,
    );
    const simd = results.adapters.find(
      ({ engine, adapter }) => engine === cell.engine && adapter === cell.adapter,
    )?.simd;
    return `${labelOf(cell.engine, cell.adapter)}${simd ? ` (${simd})` : ''}${out ? ' (DISQUALIFIED)' : ''}`;
  };
  const common = (cell: Cell) => [
    number(cell.gflopPerSecond),
    percent(cell.peakShare),
    ...(cell.counts
      ? [String(cell.counts.dispatches), String(cell.counts.submits), bytes(cell.counts.uploadBytes)]
      : [NONE, NONE, NONE]),
  ];
  const tail = ['GFLOP/s', 'of peak', 'dispatches', 'submits', 'uploads'];
  const phases = measure === 'rl' ? PHASES : [];
  const title = {
    sft: ['SFT step', 'ms (min-max)', 'tokens/s'],
    heads: ['heads step', 'ms (min-max)', 'tokens/s'],
    rl: ['RL iteration', 'ms (min-max)', 'rollout tokens/s'],
  }[measure];
  return table(
    [...title, ...phases.map((phase) => `${phase} ms`), ...tail],
    cells.map((cell) => [
      name(cell),
      timeText(cell),
      number(cell.tokensPerSecond),
      ...phases.map((phase) => number(cell.phases[phase]?.median ?? null)),
      ...common(cell),
    ]),
  );
}

function sizeSection(results: Results, size: SizeFigures): string[] {
  const { flops, parameters, batch, model } = size;
  const head = `## ${size.name}: model \`${model}\`, ${batch} sequences${flops.heads > 0 ? ', batches of the preset `quick`' : ''}`;
  const words = `${threeDigits(parameters / 1000)} thousand parameters; ${threeDigits(flops.sft / 1e9)} GFLOP an SFT step, ${threeDigits(flops.rl / 1e9)} an RL iteration (${threeDigits(flops.rollout / 1e9)} of it rollout).`;
  const measures = (['sft', 'heads', 'rl'] as const).filter((measure) => flops[measure] > 0);
  return [head, '', words, '', ...measures.flatMap((measure) => [rowsOf(results, size, measure), ''])];
}

/** The whole page. */
export function resultsMarkdown(results: Results, curves: readonly Curve[]): string {
  const { machine, hosts, versions } = results;
  const notes = [
    results.quick ? 'A quick run: few repeats and a short cap, so no final figures.' : '',
    results.interrupted ? 'The run was stopped before its end.' : '',
  ].filter((note) => note !== '');
  const peaks = results.peaks.map((peak) => [
    `${ADAPTER_WORDS[peak.adapter]}: ${peak.what}`,
    number(peak.oneThreadGflopPerSecond),
    `${threeDigits(peak.gflopPerSecond)} (${threeDigits(peak.fastestGflopPerSecond)})`,
    threeDigits(peak.copyGbPerSecond),
  ]);
  const lines = [
    '# Engine benchmark',
    '',
    `${results.date}, ${machine.cpu}, ${machine.cores} cores, ${threeDigits(machine.memoryGb)} GB. ${notes.join(' ')}`.trim(),
    '',
    '## Targets',
    '',
    ...results.verdicts.map((verdict) => `- ${verdictLine(verdict)}`),
    '',
    ...results.disqualified.map(
      (one) => `**Disqualified at ${one.size}**: ${labelOf(one.engine, one.adapter)}: ${one.reason}.\n`,
    ),
    ...curves.map(({ file, title }) => `![${title}](${file})\n`),
    ...results.sizes.flatMap((size) => sizeSection(results, size)),
    '## Measured peaks',
    '',
    'The processor: products and sums in registers alone; shares are of the build that ran, and for other libraries of the faster one. A graphics adapter: a matrix product.',
    '',
    table(['Adapter', 'one thread, GFLOP/s', 'GFLOP/s: median (fastest)', 'copy, GB/s'], peaks),
    '',
    '## How',
    '',
    `All contestants hold the same weights and do the same work: qwen-mini with a picture, 24 prompt and 24 response tokens, groups of 8, plain Adam, two update steps an RL iteration (rollout with a cache of keys and values, scoring by a classifier, log-probs of the reference, updates). The sizes \`quick-*\` take the batches of the preset \`quick\` instead (prompts and demonstrations of the world, with and without a picture; 32 prompts of 8 responses, four update steps), which PyTorch pads to their longest sequence; tfjs and jax-js take fixed lengths alone. A contestant whose loss differs by more than 0.001 is disqualified. Medians of up to ${results.repeats} warm runs, taken in turns in one session; each contestant has ${results.capMs / 1000} s a measure after its first run, and one whose first run (with compilation) takes longer than twice that and 30 s is cut off, which gives a lower bound. GFLOP/s count what the task needs (matrix products and visible attention pairs of rows without padding, what a group has in common once), not what a contestant computes.`,
    '',
    ...hosts.map(
      (host) =>
        `- ${ADAPTER_WORDS[host.adapter]}: ${host.browser}, WebGPU ${host.webgpu}, WebGL ${host.webgl}, ${host.isolated ? 'isolated (threads allowed)' : 'not isolated'}`,
    ),
    ...results.adapters.map((one) => `- ${labelOf(one.engine, one.adapter)} ran on ${one.words}`),
    ...results.unavailable.map((one) => `- left out: ${labelOf(one.engine, one.adapter)}: ${one.reason}`),
    ...results.defaults.map(
      (one) => `- \`auto\` takes ${one.engine} (${ADAPTER_WORDS[one.adapter]}): ${one.reason}`,
    ),
    `- ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    '',
  ];
  return lines.join('\n');
}
