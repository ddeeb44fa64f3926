// What the page remembers across a reload: the run that this tab had on view, and whether runs resume by themselves.

import { readText, writeText } from '../browser/preferences.ts';

const VIEWED = 'cosmo-run-on-view';
const RESUMES = 'cosmo-resumes-by-itself';

/** Of this tab alone. A reload and a duplicate of the tab know it. */
export function viewedRun(): string | null {
  return readText('sessionStorage', VIEWED);
}

export function rememberViewedRun(runId: string | null): void {
  writeText('sessionStorage', VIEWED, runId);
}

export function resumesByItself(): boolean {
  return readText('localStorage', RESUMES) !== 'no';
}

export function rememberResumes(byItself: boolean): void {
  writeText('localStorage', RESUMES, byItself ? null : 'no');
}
