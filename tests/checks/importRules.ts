// The table of rooms as rules of dependency-cruiser, and a run of them.

import { cruise, type IForbiddenRuleType, type IViolation } from 'dependency-cruiser';
import { EXCEPTIONS, PACKAGE_OWNERS, ROOMS, type Room, RULES, UI_FLOORS } from './rooms.ts';

/** A pattern for any of these, which matches nothing where there are none. */
const anyOf = (names: readonly string[]) => (names.length === 0 ? '(?!)' : `(?:${names.join('|')})`);
const rule = (name: string, comment: string, from: object, to: object) =>
  ({ name, comment, severity: 'error', from, to }) as IForbiddenRuleType;

/** What a room, or files of it with more allowances, may not import. Packages have rules of their own; workers are started by their URL. */
function rulesOf(room: Room, from: object, more: readonly string[]): IForbiddenRuleType[] {
  const { may, mayTypes = [] } = RULES[room];
  const names = [...may, ...more, ...mayTypes.map((name) => `${name} (types)`)];
  const comment = `${room} may import ${names.join(', ') || 'nothing'}`;
  const open = `^(src/${anyOf([room, ...may, ...more, ...mayTypes])}/|${anyOf(more)}/)`;
  const runTime = mayTypes.filter((name) => !more.includes(name));
  return [
    rule(room, comment, from, { path: '^(src|tests|workers)/', pathNot: open }),
    rule(`${room} at run time`, comment, from, {
      path: `^src/${anyOf(runTime)}/`,
      dependencyTypesNot: ['type-only', 'type-import'],
    }),
  ];
}

function roomRules(room: Room): IForbiddenRuleType[] {
  const exceptions = EXCEPTIONS.filter(({ file }) => file.startsWith(`${room}/`));
  const pathNot = exceptions.map(({ file }) => `^src/${file}`);
  return [
    ...rulesOf(room, { path: `^src/${room}/`, pathNot }, []),
    ...exceptions.flatMap(({ file, may }) => rulesOf(room, { path: `^src/${file}` }, may)),
  ];
}

function doorRules(room: Room): IForbiddenRuleType[] {
  const { doors } = RULES[room];
  if (doors === undefined) return [];
  const pathNot = `^src/${room}/${anyOf(doors)}\\.ts$`;
  const comment = `other rooms enter ${room} by ${doors.join(', ')}`;
  return [
    rule(
      `door of ${room}`,
      comment,
      { path: '^(src|workers)/', pathNot: `^src/${room}/` },
      { path: `^src/${room}/`, pathNot },
    ),
  ];
}

export const IMPORT_RULES: readonly IForbiddenRuleType[] = [
  ...ROOMS.flatMap(roomRules),
  ...ROOMS.flatMap(doorRules),
  rule(
    'rooms',
    'every file of src/ lies in a room of the table',
    {},
    { path: '^src/', pathNot: `^src/${anyOf(ROOMS)}/` },
  ),
  rule(
    'workers',
    'the page starts workers, and they import no page and no tests',
    { path: '^workers/' },
    { path: '^(tests|src/ui)/' },
  ),
  ...UI_FLOORS.map((floor, index) =>
    rule(
      `ui/${floor}`,
      `ui/${floor} may import ${UI_FLOORS.slice(0, index).join(', ') || 'no other folder of ui'}`,
      { path: `^src/ui/${floor}/` },
      { path: '^src/ui/', pathNot: `^src/ui/${anyOf(UI_FLOORS.slice(0, index + 1))}/` },
    ),
  ),
  ...PACKAGE_OWNERS.map(({ scope, rooms }) =>
    rule(
      scope,
      `${scope} belongs to ${rooms.join(', ')}`,
      { path: '^(src|workers)/', pathNot: `^src/${anyOf(rooms)}/` },
      { path: `(^|/)${scope}/` },
    ),
  ),
  rule('circle', 'no file imports itself by way of others', {}, { circular: true }),
];

export type ImportReport = { files: number; violations: string[] };

/** Checks src/ and workers/ below `root`. */
export async function checkImports(root = process.cwd()): Promise<ImportReport> {
  const { output } = await cruise(['src', 'workers'], {
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: [...IMPORT_RULES] },
    tsPreCompilationDeps: true,
    doNotFollow: { path: '(^|/)(node_modules|tests)/' },
    exclude: { path: '^src/engine/wasm/kernels/' },
  });
  if (typeof output === 'string') throw new Error(output);
  const { violations, totalCruised } = output.summary;
  return { files: totalCruised, violations: violations.map(inWords) };
}

function inWords({ from, to, rule: { name }, cycle }: IViolation): string {
  const comment = IMPORT_RULES.find((one) => one.name === name)?.comment ?? name;
  const target = cycle ? cycle.map((step) => step.name).join(' -> ') : to;
  return `${from} -> ${target}: ${comment}`;
}
