// What the page remembers across a reload: the run that this tab had on view, and whether runs resume by themselves.

const VIEWED = 'cosmo-run-on-view';
const RESUMES = 'cosmo-resumes-by-itself';

/** A browser may forbid its storage; then nothing is remembered. */
function stored(storage: 'localStorage' | 'sessionStorage'): Storage | null {
  try {
    return globalThis[storage] ?? null;
  } catch {
    return null;
  }
}

/** Of this tab alone. A reload and a duplicate of the tab know it. */
export function viewedRun(): string | null {
  return stored('sessionStorage')?.getItem(VIEWED) ?? null;
}

export function rememberViewedRun(runId: string | null): void {
  const storage = stored('sessionStorage');
  if (runId === null) storage?.removeItem(VIEWED);
  else storage?.setItem(VIEWED, runId);
}

export function resumesByItself(): boolean {
  return stored('localStorage')?.getItem(RESUMES) !== 'no';
}

export function rememberResumes(byItself: boolean): void {
  if (byItself) stored('localStorage')?.removeItem(RESUMES);
  else stored('localStorage')?.setItem(RESUMES, 'no');
}
