// The entrance of every npm command: checks Node, installs what is missing, builds the kernels and the page where
// they are needed, and hands over. Plain JavaScript without dependencies, for it runs before anything is installed.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/** A lock file in which no process stands for so long was left by one that was killed while it wrote it. */
const UNWRITTEN_MS = 5000;
const STAMP = 'node_modules/.cosmo-lock-sha256';

/** Commands: the module whose `main(args)` gives the exit code, and what is built before. */
const COMMANDS = {
  start: { module: 'cli/start.ts', help: 'build the page, serve it on this machine and open it' },
  test: { module: 'cli/test.ts', help: 'all checks and tests' },
  train: { module: 'cli/train/command.ts', help: 'train in a headless browser or in Node' },
  reproduce: {
    module: 'cli/reproduce/command.ts',
    help: "run a grid of settings and seeds, report the paper's claims",
  },
  sweep: {
    module: 'cli/sweep/command.ts',
    help: 'vary any setting over seeds, and tell which value is better',
  },
  'test:slurm': {
    module: 'cli/test.ts',
    args: ['--only', 'slurm'],
    help: 'a small plan on a Slurm of this machine, with a lost task and a lost node',
  },
  evaluate: {
    module: 'cli/evaluate/command.ts',
    needs: 'kernels',
    help: 'evaluate a released model or the stages of a run',
  },
  release: {
    module: 'cli/release/command.ts',
    needs: 'kernels',
    help: 'pack the stages of a run as a released model',
  },
  vectors: { module: 'cli/vectors/command.ts', needs: 'kernels', help: 'run a directory of test vectors' },
  bench: {
    module: 'cli/bench/command.ts',
    needs: 'kernels',
    help: 'measure the engines, tfjs and jax-js in a browser',
  },
  build: { module: 'cli/buildCommand.ts', help: 'build the kernels and the page into dist/' },
  'build:wasm': { module: 'cli/buildCommand.ts', args: ['--only-kernels'], help: 'build the kernels alone' },
  dev: { module: 'cli/dev.ts', needs: 'kernels', help: 'serve the sources with live reload' },
  film: { module: 'cli/film.ts', help: 'take the animated picture of the README' },
  docs: { module: 'cli/docs.ts', help: 'write docs/SETTINGS.md and docs/METRICS.md' },
};

/** Whether a version is in a range of package.json, e.g. `^20.19.0 || >=24.0.0`. */
export function inRange(version, range) {
  const [major, minor] = version.split('.').map(Number);
  return range.split('||').some((part) => {
    const [, sign, wantedMajor, wantedMinor = '0'] = /^\s*(\^|>=)(\d+)(?:\.(\d+))?/.exec(part);
    if (major !== Number(wantedMajor)) return sign === '>=' && major > Number(wantedMajor);
    return minor >= Number(wantedMinor);
  });
}

/** One sentence where this Node is too old, or one that the bundler and the test runner do not run on; else null. */
export function nodeComplaint(version) {
  const range = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).engines.node;
  if (inRange(version, range)) return null;
  const wanted = range
    .replaceAll(/\^(\d+)\.(\d+)\.0/g, '$1 from $1.$2 on')
    .replaceAll(/>=(\d+)\.(\d+)\.0/g, '$1.$2 or newer');
  return `This needs Node ${wanted.replaceAll(' || ', ', or ')}, and this is Node ${version}. Install one of those and run the command again.`;
}

const sha256 = (content) => createHash('sha256').update(content).digest('hex');

/** Whether what npm installed is what the lock file asks for (optional packages of other platforms may be absent). */
function installedMatches(root) {
  const hidden = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    return found ? found.version === entry.version : entry.optional === true;
  });
}

/**
 * Why `npm ci` has to run, or null. A hash of the lock file is kept in node_modules; where there is none (someone ran
 * npm by hand), the installed versions are compared, and the hash is kept.
 */
export function staleReason(root) {
  if (!existsSync(join(root, 'node_modules'))) return 'node_modules is missing';
  const hash = sha256(readFileSync(join(root, 'package-lock.json')));
  const stamp = join(root, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return null;
  if (!installedMatches(root)) return 'package-lock.json has changed';
  try {
    writeFileSync(stamp, hash);
  } catch {
    // In a folder that is read-only the versions are compared each time.
  }
  return null;
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

/** Creates the lock file for this process; false where there is one already. */
function takeLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** The process that holds the lock file; 0 where none can be read in it. */
function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    return 0;
  }
}

function isAbandoned(file, holder) {
  if (holder > 0) return !isRunning(holder);
  const written = statSync(file, { throwIfNoEntry: false });
  return written !== undefined && Date.now() - written.mtimeMs > UNWRITTEN_MS;
}

/** Runs `action` while no other process holds the lock file. A lock that its process has left is removed. */
export async function withLock(file, action) {
  let waits = false;
  while (!takeLock(file)) {
    const holder = holderOf(file);
    if (isAbandoned(file, holder)) rmSync(file, { force: true });
    else {
      if (!waits && holder > 0) console.log(`Waiting for process ${holder}, which holds ${file} ...`);
      waits ||= holder > 0;
      await sleep(100);
    }
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Installs what is stale, one process at a time; gives whether everything is there. */
async function ensureInstalled() {
  if (staleReason(ROOT) === null) return true;
  // Not in node_modules, which npm ci removes.
  return withLock(join(tmpdir(), `cosmo-install-${sha256(ROOT).slice(0, 16)}.lock`), () => {
    const reason = staleReason(ROOT);
    return reason === null || install(reason);
  });
}

function install(reason) {
  console.log(`Installing the dependencies with npm ci, for ${reason} ...`);
  // npm names its own script in the environment of the commands that it runs.
  const script = process.env.npm_execpath;
  const viaNode = script !== undefined && /npm-cli\.[cm]?js$/.test(script);
  const result = viaNode
    ? spawnSync(process.execPath, [script, 'ci'], { cwd: ROOT, stdio: 'inherit' })
    : spawnSync('npm', ['ci'], { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' });
  if (result.status === 0) return staleReason(ROOT) === null;
  console.error(
    'npm ci failed (see above). Check the network and the disk space, then run the command again.',
  );
  return false;
}

function usage() {
  const lines = Object.entries(COMMANDS).map(([name, { help }]) => `  npm run ${name.padEnd(14)} ${help}`);
  return ['Usage: node src/cli/bootstrap.mjs COMMAND [flags]', '', ...lines].join('\n');
}

async function run(name, args) {
  const command = COMMANDS[name];
  const { register } = await import('tsx/esm/api');
  register();
  if (command.needs === 'kernels') {
    const { ensureKernels } = await import('../tooling/build.ts');
    await ensureKernels();
  }
  const { main } = await import(new URL(`../${command.module}`, import.meta.url).href);
  return main([...(command.args ?? []), ...args]);
}

/** Who reads the output may leave (`| head -1`), or its disk be full: the command goes on, and says so where it lasts. */
function outliveReader() {
  const parent = process.ppid;
  let left = false;
  const leave = (error) => {
    // A grid that was killed takes its runs with it.
    if (process.ppid !== parent) process.exit(1);
    if (left) return;
    left = true;
    const text = `The output cannot be written any more (${error.code}); the command goes on without it.`;
    setTimeout(() => console.error(text), 1000).unref();
  };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', leave);
}

async function main(name, args) {
  const complaint = nodeComplaint(process.versions.node);
  if (complaint) {
    console.error(complaint);
    return 1;
  }
  if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
    const asked = name === undefined || name === '--help';
    console[asked ? 'log' : 'error'](asked ? usage() : `There is no command ${name}.\n\n${usage()}`);
    return asked ? 0 : 2;
  }
  // Paths count from there. npm runs this in ROOT and says where it was typed.
  if (process.cwd() !== ROOT || !process.env.INIT_CWD) process.env.INIT_CWD = process.cwd();
  process.chdir(ROOT);
  if (!(await ensureInstalled())) return 1;
  return run(name, args);
}

const isEntry = process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
if (isEntry) {
  outliveReader();
  const [name, ...args] = process.argv.slice(2);
  main(name, args).then(
    (code) => process.exit(code ?? 0),
    (error) => {
      // Those meant for a person have a text.
      const refused =
        error?.syscall && `${error.message}. Check that path, its rights and the room on its disk.`;
      console.error(error?.text ?? (refused || error));
      process.exit(1);
    },
  );
}
