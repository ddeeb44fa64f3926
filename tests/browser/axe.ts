// axe-core in a page of a browser test.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Evaluated by the debugger, so that the page's policy against foreign scripts stays as it is. */
export async function loadAxe(page: Page): Promise<void> {
  await page.evaluate(AXE);
}

type Finding = { id: string; help: string; nodes: { target: unknown[]; failureSummary?: string }[] };
type Axe = { run(context: Document): Promise<{ violations: Finding[] }> };

/** What axe, which is there already, finds wrong on the page as it stands, one line each. */
export async function violations(page: Page): Promise<string[]> {
  return await page.evaluate(async () => {
    const { violations: found } = await (window as unknown as { axe: Axe }).axe.run(document);
    return found.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id}: ${help} at ${target.join(' ')}: ${failureSummary ?? ''}`,
      ),
    );
  });
}
