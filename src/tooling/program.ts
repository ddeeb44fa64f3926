// Programs that the tests need from the system's packages: found, and on Debian as root installed.

import { existsSync } from 'node:fs';
import { PlaygroundError, UsageError } from '../base/errors.ts';
import { installOnDebian, isDebianRoot } from './debian.ts';

export type Program = {
  title: string;
  /** Environment variable that names the program itself. */
  variable: string;
  /** Where it may lie, the best one first. */
  paths: (env: NodeJS.ProcessEnv) => readonly string[];
  packages: readonly string[];
  /** What those packages take to download. */
  sizeMb: number;
  /** What to install where it is not Debian. */
  wanted?: string;
};

/** Its path on this machine, or null. The variable goes first. @throws where that names no file. */
export function findProgram({ title, variable, paths }: Program, env = process.env): string | null {
  const given = env[variable];
  if (given === undefined || given === '') return paths(env).find((path) => existsSync(path)) ?? null;
  if (existsSync(given)) return given;
  throw new UsageError(
    `${variable} is ${given}, but there is no such file.`,
    `Set it to the program of ${title}, or unset it.`,
  );
}

/** Its path, installed first where that is possible. @throws PlaygroundError that says what to install. */
export function requireProgram(program: Program): string {
  const { title, variable, packages, sizeMb, wanted = title } = program;
  let path = findProgram(program);
  if (path === null && isDebianRoot()) {
    installOnDebian(
      packages,
      `There is no ${title} here: installing it with apt-get (about ${sizeMb} MB) ...`,
    );
    path = findProgram(program);
  }
  if (path !== null) return path;
  throw new PlaygroundError(
    'not-found',
    `There is no ${title} on this machine.`,
    `Install ${wanted} (on Debian: apt-get install ${packages.join(' ')}), or set ${variable} to its program.`,
  );
}

/** A program of these names in the folders of PATH. */
export function inPath(names: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const folders = new Set(['/usr/bin', ...(env.PATH ?? '').split(':').filter((folder) => folder !== '')]);
  return names.flatMap((name) => [...folders].map((folder) => `${folder}/${name}`));
}
