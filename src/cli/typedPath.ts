// Paths as they were typed: relative ones count from the folder of the terminal, though the command runs in that of the project.

import { resolve } from 'node:path';

/** The entrance sets INIT_CWD. */
const folderOfTerminal = () => resolve(process.env.INIT_CWD ?? '.');

/** The path for this process: as it was typed in the project's folder, whole where it was typed elsewhere. */
export function typedPath(text: string, typedIn = folderOfTerminal()): string {
  return typedIn === process.cwd() ? text : resolve(typedIn, text);
}

/** A path in the project's folder, as a default is; whole where the command was typed elsewhere, so that it can be typed again. */
export function projectPath(text: string, typedIn = folderOfTerminal()): string {
  return typedIn === process.cwd() ? text : resolve(text);
}
