// Drawing spread over animation frames, so that no frame blocks the page for long.

/** Time that drawing may take of one frame; the rest waits for the next. */
const BUDGET_MS = 8;

const jobs = new Map<object, () => void>();
let waiting = false;

/** Runs `job` in one of the next frames; a job of the same owner that still waits is replaced. */
export function drawSoon(owner: object, job: () => void): void {
  jobs.set(owner, job);
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(runFrame);
}

/** Forgets what waits for this owner. */
export function drawNoMore(owner: object): void {
  jobs.delete(owner);
}

function runFrame(): void {
  const until = performance.now() + BUDGET_MS;
  for (const [owner, job] of jobs) {
    jobs.delete(owner);
    job();
    if (performance.now() > until) break;
  }
  waiting = jobs.size > 0;
  if (waiting) requestAnimationFrame(runFrame);
}
