// The reference of all settings and presets as Markdown, made from the table (`npm run docs`).

import { markdown } from '../base/textTable.ts';
import { flagName } from './flags.ts';
import { formatValue } from './format.ts';
import { findSetting, SETTING_GROUPS, type SettingInfo } from './settings.ts';
import type { PresetKind } from './table/preset.ts';
import { PRESETS } from './table/presets.ts';
import { rangeText } from './validate.ts';

const KIND_TITLES: { readonly [kind in PresetKind]: string } = {
  size: 'Sizes',
  tasks: 'Tasks',
  algorithm: 'Algorithms',
  failure: 'Failures on purpose',
};

function settingMarkdown(row: SettingInfo): string {
  const unit = row.unit === undefined ? '' : `, in ${row.unit}`;
  const lines = [
    `### \`${row.key}\``,
    '',
    `**${row.label}** (\`${flagName(row.key)}\`): ${rangeText(row)}${unit}. Default: \`${formatValue(row, row.default)}\`.`,
    '',
    row.help,
    '',
  ];
  if (row.formula !== undefined) lines.push(`Formula: \`${row.formula}\``, '');
  if (row.type === 'enum' && row.notes !== undefined) {
    for (const [choice, note] of Object.entries(row.notes)) lines.push(`- \`${choice}\`: ${note}`);
    lines.push('');
  }
  lines.push(`Source: ${row.source}.`, '');
  return lines.join('\n');
}

function presetsMarkdown(): string {
  const lines = [
    '## Presets',
    '',
    'Layers combine with `+`, later ones over earlier ones: `--preset quick+grpo`.',
    '',
  ];
  for (const kind of Object.keys(KIND_TITLES) as PresetKind[]) {
    const rows = PRESETS.filter((preset) => preset.kind === kind).map((preset) => {
      const sets = Object.entries(preset.overrides).map(([key, value]) => {
        const row = findSetting(key)!;
        return `\`${key}=${formatValue(row, value)}\``;
      });
      const watch = preset.hint ? ` Watch ${preset.hint.watch}` : '';
      return [`\`${preset.name}\``, `${preset.sentence}${watch}`, sets.join(' ')];
    });
    const header = ['preset', 'what it does', 'sets'];
    lines.push(`### ${KIND_TITLES[kind]}`, '', markdown({ header, rows }, 3), '');
  }
  return lines.join('\n');
}

/** The whole text of docs/SETTINGS.md. */
export function settingsMarkdown(): string {
  const parts = [
    '# Settings',
    '',
    'Made from the table in `src/config/table/` by `npm run docs`: edit the table, not this file.',
    'Each setting is a key in the address of the page (`?v=2&preset=quick&sft_steps=100`), a flag of `npm run train`',
    'and a field of the form. A list is written `sft,heads`, a mix of weights `safety:4,normal:3`.',
    '',
  ];
  for (const group of SETTING_GROUPS) {
    parts.push(`## ${group.title}`, '', group.about, '');
    for (const setting of group.settings) parts.push(settingMarkdown(setting));
  }
  parts.push(presetsMarkdown());
  return `${parts.join('\n').trimEnd()}\n`;
}
