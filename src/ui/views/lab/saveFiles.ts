// Plans and reports as files of the user.

import { type Plan, planText } from '../../../experiments/plans.ts';
import { download, fileStem } from '../../browser/download.ts';

const TYPES: { readonly [extension: string]: string } = {
  csv: 'text/csv',
  json: 'application/json',
  md: 'text/markdown',
  svg: 'image/svg+xml',
};

export function saveText(name: string, text: string): void {
  download(new TextEncoder().encode(text), name, TYPES[name.split('.').at(-1) ?? ''] ?? 'text/plain');
}

export function savePlan(plan: Plan): void {
  saveText(`${fileStem(plan.name)}-plan.json`, planText(plan));
}
