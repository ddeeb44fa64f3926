// `npm run bench`: measures the engines in Chromium and writes figures, tables and curves.

import { readFileSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { clock } from '../../base/format.ts';
import {
  BenchRun,
  bestPeaks,
  exitCodeOf,
  PageHost,
  type Peak,
  type Results,
  type RunEvents,
  resultCurves,
  resultsMarkdown,
  SIZES,
  serveBench,
  sizeFigures,
  TorchHost,
  verdictLine,
  verdictsOf,
  withPeakShares,
} from '../../bench/index.ts';
import { launchChromium } from '../../tooling/chromium.ts';
import { writeWhole } from '../../tooling/wholeFile.ts';
import { command, EXIT } from '../command.ts';
import { listenToInterrupts } from '../interrupts.ts';
import { bar, StatusLine, timesText } from '../progress.ts';
import { BENCH_FLAGS, engineOptions } from './flags.ts';
import { measurePage } from './page.ts';

/** Between two lines of progress where the output is no terminal. */
const LINE_EVERY_MS = 5000;

type Options = ReturnType<typeof engineOptions>;

export const main = command({
  line: 'npm run bench',
  about: `Times our engines, plain tfjs and jax-js in Chromium, and native PyTorch where python3 has it, on the same model, batch and
optimiser, alternating between them, and holds the figures to the project's targets. Exit code: 0 measured, 1 stopped, or an engine of ours failed or computed
something else, 2 the command could not run.`,
  flags: BENCH_FLAGS,
  run: (values) =>
    values.suite === 'page' ? measurePage(values.json, values.repeats ?? 7) : measure(engineOptions(values)),
});

async function measure(options: Options): Promise<number> {
  const sizes = SIZES.filter(({ name }) => options.sizes.includes(name));
  console.log(`Building the page of the benchmark ...`);
  const served = await serveBench(options.isolated);
  const hosts = options.adapters.map(
    (adapter) => new PageHost(adapter, () => launchChromium({ adapter, ownsSignals: true }), served.url),
  );
  const torch = new TorchHost(cpus().length);
  const interrupts = listenToInterrupts({
    first: () => {
      console.log('\nStopping; what is measured is kept (Ctrl-C again ends at once).');
      for (const host of [...hosts, torch]) host.abort();
    },
    second: () => process.exit(EXIT.interrupted),
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
      { pages: hosts, torch },
      { ...options, sizes },
      events(startedAt, () => interrupts.count > 0),
    );
    const outcome = await run.run();
    const allPeaks = bestPeaks([
      ...peaks,
      ...(outcome.interrupted ? [] : await measurePeaks(hosts, threads)),
    ]);
    const figures = {
      ...outcome,
      cells: withPeakShares(outcome.cells, allPeaks, outcome.adapters),
      defaults: facts.map(({ adapter, engine, reason }) => ({ adapter, engine, reason })),
    };
    const asked = sizes.map(sizeFigures);
    const results: Results = {
      kind: 'engine-benchmark',
      date: new Date(startedAt).toISOString().slice(0, 16).replace('T', ' '),
      quick: options.quick,
      capMs: options.capMs,
      repeats: options.repeats,
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
    write(options, results);
    for (const verdict of results.verdicts) console.log(verdictLine(verdict));
    console.log(`Done in ${clock(Date.now() - startedAt)}.`);
    return exitCodeOf(results);
  } finally {
    interrupts.end();
    for (const host of [...hosts, torch]) await host.close();
    await served.close();
  }
}

async function measurePeaks(hosts: readonly PageHost[], threads: number): Promise<Peak[]> {
  let found: readonly Peak[] = hosts.length > 0 ? await hosts[0].peaks('cpu', threads) : [];
  for (const host of hosts) found = found.concat(await host.peaks(host.adapter, threads));
  return [...found];
}

/** Where the measurement is, as it goes on. */
function events(startedAt: number, stopped: () => boolean): RunEvents {
  const screen = new StatusLine(LINE_EVERY_MS);
  return {
    say: (text) => screen.say(text),
    progress: (done, total, now, leftMs) =>
      screen.show(
        `${bar(done, total)} ${done}/${total}  ${timesText(Date.now() - startedAt, leftMs)}  ${now}`,
      ),
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

function write(options: Options, results: Results): void {
  if (options.json !== null) {
    writeWhole(options.json, `${JSON.stringify(results, null, 1)}\n`);
    console.log(`Wrote ${options.json}`);
  }
  const curves = resultCurves(results);
  if (options.out === null) {
    console.log(resultsMarkdown(results, []));
    return;
  }
  for (const { file, svg } of curves) writeWhole(join(options.out, file), svg);
  writeWhole(join(options.out, 'engine.md'), resultsMarkdown(results, curves));
  console.log(
    `Wrote ${['engine.md', ...curves.map(({ file }) => file)].map((file) => join(options.out!, file)).join(', ')}`,
  );
}
