// `npm start`: builds the page where it is not current, serves it on this machine and opens it in a browser.

import { spawn } from 'node:child_process';
import { ensurePage } from '../tooling/build.ts';
import { DEFAULT_PORT, servePage } from '../tooling/serve.ts';
import { command } from './command.ts';
import { countFlag, switchFlag } from './flag.ts';
import { interrupted } from './interrupts.ts';

export const main = command({
  line: 'npm start',
  about: `Builds the playground (only when its sources have changed), serves it on 127.0.0.1 and opens it in a browser.
Ctrl-C ends it.`,
  flags: {
    port: countFlag(
      'Port to serve on. Runs are kept by address: another port shows none of them. The default gives way to the next free one.',
      DEFAULT_PORT,
      65535,
    ),
    noOpen: switchFlag('Do not open a browser.'),
  },
  run: async ({ port, noOpen, given }) => {
    await ensurePage();
    const server = await servePage({ port, exact: given.includes('port') });
    console.log(addressText(server.url, port));
    if (!noOpen) openBrowser(server.url);
    await interrupted();
    await server.close();
    console.log('\nStopped.');
  },
});

/** Where the page is, and what that means for the runs that it keeps. */
export function addressText(url: string, port: number): string {
  const moved = `Port ${port} is taken, perhaps by another npm start: this one has an address of its own, without the runs of the other.`;
  return [
    ...(url.endsWith(`:${port}/`) ? [] : [moved]),
    `The playground is at ${url} (Ctrl-C ends it).`,
    `The browser keeps runs by address: ${url.replace('127.0.0.1', 'localhost')} would be another one.`,
  ].join('\n');
}

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
  const [program, args] = opener;
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  child.once('error', () => console.log('No browser could be opened here: open the address above yourself.'));
  child.unref();
}
