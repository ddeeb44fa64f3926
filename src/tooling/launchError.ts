// Why a browser did not start, in one sentence, from the log that the launcher throws.

import { type ErrorCode, messageOf, PlaygroundError } from '../base/errors.ts';

/** `profile`: the folder of the browser's storage, null where it has none of its own; `variable`: names another program. */
export type Launched = { program: string; profile: string | null; variable: string };

type Reason = {
  pattern: RegExp;
  code: ErrorCode;
  /** `match`: of the pattern. */
  message: (match: RegExpExecArray, launched: Launched) => string;
  hint: (launched: Launched) => string;
};

const lockOf = ({ profile }: Launched) => `${profile}/SingletonLock`;

/** The first one that fits: a refused profile ends in a complaint about the display too. */
const REASONS: readonly Reason[] = [
  {
    pattern: /another Chromium process \((\d+)\) on another computer \(([^)]*)\)/,
    code: 'busy',
    message: ([, pid, host], { profile }) =>
      `The browser profile ${profile} is locked by process ${pid} on the computer ${host}.`,
    hint: (launched) =>
      `End the run there; where it has ended, delete ${lockOf(launched)} and run the command again.`,
  },
  {
    pattern: /ProcessSingleton|profile appears to be in use/,
    code: 'busy',
    message: (_, { profile }) => `The browser profile ${profile} is in use by another browser.`,
    hint: (launched) => `End that run or browser; where there is none, delete ${lockOf(launched)}.`,
  },
  {
    pattern: /No usable sandbox|sandboxing failed|SUID sandbox|without --no-sandbox is not supported/,
    code: 'no-device',
    message: () => 'Chromium cannot use its sandbox on this machine, and is not started without it.',
    hint: () =>
      "Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1; on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0), or install Chromium from the system's packages.",
  },
  {
    pattern: /No space left on device|ENOSPC/,
    code: 'disk-full',
    message: (_, { profile }) =>
      `There is no room for the browser on the disk of ${profile ?? 'the temporary files'}.`,
    hint: () => 'Make room there, and run the command again.',
  },
  {
    pattern: /error while loading shared libraries: ([^\s:]+)/,
    code: 'not-found',
    message: ([, library], { program }) => `${program} does not start: the library ${library} is missing.`,
    hint: () => 'Install it (on Debian: apt-get install --reinstall chromium brings what Chromium needs).',
  },
  {
    pattern: /Missing X server|without having a XServer|open display/,
    code: 'no-device',
    message: () => 'There is no display here for the window of the browser.',
    hint: () => 'Leave out --headed, or set DISPLAY.',
  },
];

/** What the launcher threw, for a person. */
export function launchError(error: unknown, launched: Launched): PlaygroundError {
  const log = messageOf(error);
  const refuse = (code: ErrorCode, message: string, hint: string) =>
    new PlaygroundError(code, message, hint, {}, { cause: error });
  for (const { pattern, code, message, hint } of REASONS) {
    const match = pattern.exec(log);
    if (match) return refuse(code, message(match, launched), hint(launched));
  }
  const said = [...log.matchAll(/\[err\] (?:\[[^\]]*\] ?)?(.+)/g)].at(-1)?.[1] ?? log.split('\n')[0];
  return refuse(
    'no-device',
    `${launched.program} does not start: ${said.slice(0, 300).trim().replace(/\.?$/, '.')}`,
    `Start it by hand to see why, or set ${launched.variable} to another one.`,
  );
}
