// `npm start`: builds the page where it is not current, serves it on this machine and opens it in a browser.

import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ensurePage } from '../tooling/build.ts';
import { DEFAULT_PORT, servePage } from '../tooling/serve.ts';

const HELP = `Usage: npm start -- [--port N] [--no-open]

Builds the playground (only when its sources have changed), serves it on 127.0.0.1 and opens it in a browser.
Ctrl-C ends it.

  --port N    port to serve on, or the next free one (default ${DEFAULT_PORT})
  --no-open   do not open a browser
  --help      this text`;

/** The command that opens an address here, or null where there is no display. */
function openerOf(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): [string, string[]] | null {
  if (env.CI) return null;
  if (platform === 'darwin') return ['open', []];
  if (platform === 'win32') return ['cmd', ['/c', 'start', '']];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open', []] : null;
}

function openBrowser(url: string): void {
  const opener = openerOf(process.platform, process.env);
  if (!opener) return;
  const [command, args] = opener;
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  child.once('error', () => console.log('No browser could be opened here: open the address above yourself.'));
  child.unref();
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port;
  throw Object.assign(new Error(`--port is "${text}", but it must be a whole number from 1 to 65535.`), {
    hint: `Leave it out for ${DEFAULT_PORT}.`,
  });
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: String(DEFAULT_PORT) },
        'no-open': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw Object.assign(error as Error, { hint: 'See npm start -- --help.' });
  }
}

export async function main(args: readonly string[]): Promise<number> {
  const options = readArguments(args);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const port = portOf(options.port);
  await ensurePage();
  const server = await servePage(port);
  console.log(`The playground is at ${server.url} (Ctrl-C ends it).`);
  if (!options['no-open']) openBrowser(server.url);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await server.close();
  console.log('\nStopped.');
  return 0;
}
