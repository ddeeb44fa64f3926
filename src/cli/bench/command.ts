// `npm run bench`: measures the engines in Chromium and writes figures, tables and curves.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { clock } from '../../base/format.ts';
import {
  BenchRun,
  BenchUsageError,
  bestPeaks,
  exitCodeOf,
  HELP,
  PageHost,
  type Peak,
  parseBenchArguments,
  type Results,
  resultCurves,
  resultsMarkdown,
  SIZES,
  serveBench,
  sizeFigures,
  verdictLine,
  verdictsOf,
  withPeakShares,
} from '../../bench/index.ts';
import { launchChromium } from '../../tooling/chromium.ts';
import { listenToInterrupts } from '../interrupts.ts';
import { bar } from '../progress.ts';
import { measurePage } from './page.ts';

const PROGRESS_EVERY_MS = 5000;
/** Exit code of a process that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

type Command = Extract<ReturnType<typeof parseBenchArguments>, { kind: 'run' }>;

/** Runs the command and gives its exit code: 0 measured, 1 stopped or ours broken, 2 not understood. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const command = parseBenchArguments(argv);
    if (command.kind === 'run') return await measure(command);
    if (command.kind === 'page') return await measurePage(command);
    console.log(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof BenchUsageError)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function measure(command: Command): Promise<number> {
  const sizes = SIZES.filter(({ name }) => command.sizes.includes(name));
  console.log(`Building the page of the benchmark ...`);
  const served = await serveBench(command.isolated);
  const hosts = command.adapters.map(
    (adapter) => new PageHost(adapter, () => launchChromium({ adapter, ownsSignals: true }), served.url),
  );
  const interrupts = listenToInterrupts({
    first: () => {
      console.log('\nStopping; what is measured is kept (Ctrl-C again ends at once).');
      for (const host of hosts) host.abort();
    },
    second: () => process.exit(EXIT_INTERRUPTED),
  });
  try {
    const facts = [];
    for (const host of hosts) {
      const found = { adapter: host.adapter, ...(await host.about(sizes[0])) };
      facts.push(found);
      console.log(`${found.adapter}: ${found.browser}, WebGPU ${found.webgpu}, WebGL ${found.webgl}`);
    }
    const threads = facts[0].wasmThreads;
    const peaks = await measurePeaks(hosts, threads);
    const startedAt = Date.now();
    const run = new BenchRun(
      hosts,
      { ...command, sizes },
      printer(startedAt, () => interrupts.count > 0),
    );
    const outcome = await run.run();
    const allPeaks = bestPeaks([
      ...peaks,
      ...(outcome.interrupted ? [] : await measurePeaks(hosts, threads)),
    ]);
    const figures = {
      ...outcome,
      cells: withPeakShares(outcome.cells, allPeaks),
      defaults: facts.map(({ adapter, engine, reason }) => ({ adapter, engine, reason })),
    };
    const asked = sizes.map(sizeFigures);
    const results: Results = {
      kind: 'engine-benchmark',
      date: new Date(startedAt).toISOString().slice(0, 16).replace('T', ' '),
      quick: command.quick,
      capMs: command.capMs,
      repeats: command.repeats,
      machine: machine(),
      hosts: facts.map(({ adapter, browser, isolated, webgpu, webgl }) => {
        return { adapter, browser, isolated, webgpu, webgl };
      }),
      versions: versions(),
      sizes: asked,
      peaks: allPeaks,
      verdicts: verdictsOf({ ...figures, sizes: asked }),
      ...figures,
    };
    write(command, results);
    for (const verdict of results.verdicts) console.log(verdictLine(verdict));
    console.log(`Done in ${clock(Date.now() - startedAt)}.`);
    return exitCodeOf(results);
  } finally {
    interrupts.end();
    for (const host of hosts) await host.close();
    await served.close();
  }
}

async function measurePeaks(hosts: readonly PageHost[], threads: number): Promise<Peak[]> {
  const found: (Peak | null)[] = [];
  if (hosts.length > 0) found.push(await hosts[0].peak('cpu', threads));
  for (const host of hosts) found.push(await host.peak(host.adapter, threads));
  return found.filter((peak) => peak !== null);
}

/** Lines that stay as they come, and one on the progress every few seconds (on a terminal: always the same line). */
function printer(startedAt: number, stopped: () => boolean) {
  let lastMs = 0;
  let open = false;
  return {
    say: (text: string) => {
      if (open) process.stdout.write('\n');
      open = false;
      console.log(text);
    },
    progress: (done: number, total: number, now: string, leftMs: number | null) => {
      const left = leftMs === null ? 'time left not known yet' : `about ${clock(leftMs)} left`;
      const line = `${bar(done, total)} ${done}/${total}  ${clock(Date.now() - startedAt)}, ${left}  ${now}`;
      if (process.stdout.isTTY) {
        const width = (process.stdout.columns ?? 100) - 1;
        process.stdout.write(`\r${line.slice(0, width).padEnd(width)}`);
        open = true;
      } else if (Date.now() - lastMs >= PROGRESS_EVERY_MS) {
        lastMs = Date.now();
        console.log(line);
      }
    },
    stopped,
    now: Date.now,
  };
}

function machine(): Results['machine'] {
  return {
    cpu: cpus()[0]?.model ?? 'unknown processor',
    cores: cpus().length,
    memoryGb: totalmem() / 2 ** 30,
    platform: `${platform()} ${release()}`,
    node: process.version,
  };
}

function versions(): Results['versions'] {
  const names = ['@tensorflow/tfjs-core', '@jax-js/jax', 'playwright-core'];
  const own = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const found = names.map((name) => {
    const { version } = JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')) as {
      version: string;
    };
    return [name, version];
  });
  return { playground: own.version, ...Object.fromEntries(found) };
}

function write(command: Command, results: Results): void {
  if (command.json !== null) {
    mkdirSync(dirname(command.json), { recursive: true });
    writeFileSync(command.json, `${JSON.stringify(results, null, 1)}\n`);
    console.log(`Wrote ${command.json}`);
  }
  const curves = resultCurves(results);
  if (command.out === null) {
    console.log(resultsMarkdown(results, []));
    return;
  }
  mkdirSync(command.out, { recursive: true });
  for (const { file, svg } of curves) writeFileSync(join(command.out, file), svg);
  writeFileSync(join(command.out, 'engine.md'), resultsMarkdown(results, curves));
  console.log(
    `Wrote ${['engine.md', ...curves.map(({ file }) => file)].map((file) => join(command.out!, file)).join(', ')}`,
  );
}
