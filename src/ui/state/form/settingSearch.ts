// Finds settings by what a user types: name, key, help, formula, source, or the title of their group.

import type { GroupInfo, SettingInfo } from '../../../config/index.ts';

export type FoundSettings = { group: GroupInfo; infos: readonly SettingInfo[] };

/** Lower case, with the separators of keys and flags as spaces. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[_\-\s]+/g, ' ');
}

function textOf(info: SettingInfo, group: GroupInfo): string {
  const choices = info.type === 'enum' || info.type === 'list' ? info.choices.join(' ') : '';
  return plain(
    [info.label, info.key, info.help, info.formula ?? '', info.source, choices, group.title].join(' '),
  );
}

/** Settings whose text holds every word of the query, in the order of the table; nothing for an empty query. */
export function findSettings(groups: readonly GroupInfo[], query: string): FoundSettings[] {
  const words = plain(query)
    .split(' ')
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  return groups.flatMap((group) => {
    const infos = group.settings.filter((info) => {
      const text = textOf(info, group);
      return words.every((word) => text.includes(word));
    });
    return infos.length > 0 ? [{ group, infos }] : [];
  });
}
