// Finds the imports of a TypeScript file by its lines: static, dynamic, re-exports, types and module URLs.

export type FoundImport = {
  /** As written, e.g. `../config/index.ts`. */
  specifier: string;
  /** From 1. */
  line: number;
  /** Nothing of it is left at run time. */
  typeOnly: boolean;
};

// `import a from 'x'`, `export { b } from 'x'`, over several lines; anchored, so that comments do not match.
const FROM = /^[ \t]*(import|export)\b([^;'"`]*?)\bfrom\s*(['"])([^'"\n]+)\3/gm;
const BARE = /^[ \t]*import\s*(['"])([^'"\n]+)\1/gm;
const DYNAMIC = /\b(typeof\s+)?import\s*\(\s*(?:\/\*.*?\*\/\s*)?(['"`])([^'"`\n]+)\2/g;
const MODULE_URL = /\bnew\s+URL\s*\(\s*(['"])([^'"\n]+)\1\s*,\s*import\.meta\.url/g;

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** Whether a position lies in a comment, judged by its line. */
function inComment(text: string, index: number): boolean {
  const before = text.slice(text.lastIndexOf('\n', index - 1) + 1, index);
  return /^\s*(\*|\/\*)|(^|\s)\/\//.test(before);
}

/** `type X`, or `{ type A, type B }`. */
function isTypeClause(clause: string): boolean {
  const trimmed = clause.trim();
  if (/^type\s+[\w${*]/.test(trimmed)) return true;
  const names = /^\{([^}]*)\}$/.exec(trimmed)?.[1];
  if (names === undefined) return false;
  const parts = names.split(',').map((name) => name.trim());
  return parts.every((name) => name === '' || name.startsWith('type ')) && parts.some((name) => name !== '');
}

/** All imports of a file, in the order of their lines. */
export function findImports(text: string): FoundImport[] {
  const found: FoundImport[] = [];
  const add = (specifier: string, index: number, typeOnly: boolean) => {
    if (!inComment(text, index)) found.push({ specifier, line: lineOf(text, index), typeOnly });
  };
  for (const match of text.matchAll(FROM)) {
    const start = match.index + match[0].search(/\S/);
    add(match[4]!, start, isTypeClause(match[2]!));
  }
  for (const match of text.matchAll(BARE)) add(match[2]!, match.index + match[0].search(/\S/), false);
  for (const match of text.matchAll(DYNAMIC)) {
    const after = text.slice(match.index + match[0].length).match(/^\s*\)\s*\.\s*([A-Za-z]+)/)?.[1];
    const called = after === 'then' || after === 'catch' || after === 'finally';
    // `import('x').Name` is a type wherever no promise method follows.
    add(match[3]!, match.index, match[1] !== undefined || (after !== undefined && !called));
  }
  for (const match of text.matchAll(MODULE_URL)) add(match[2]!, match.index, false);
  return found.sort((a, b) => a.line - b.line);
}
