// Assertions for suites that run in Node and in a browser alike.

/** Throws unless the condition holds. */
export function ok(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** Throws unless both are deeply equal: same classes of typed arrays, same keys, NaN equals NaN, 0 differs from -0. */
export function equal(actual: unknown, expected: unknown, what = 'value'): void {
  if (Object.is(actual, expected)) return;
  const bothObjects = typeof actual === 'object' && typeof expected === 'object' && actual && expected;
  if (!bothObjects) throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`);
  equal(Object.prototype.toString.call(actual), Object.prototype.toString.call(expected), `class of ${what}`);
  if (ArrayBuffer.isView(expected)) {
    equalItems(actual as Uint8Array, expected as Uint8Array, what);
    return;
  }
  const keys = Object.keys(expected);
  equal(Object.keys(actual).sort().join(), [...keys].sort().join(), `keys of ${what}`);
  for (const key of keys) {
    equal(
      (actual as Record<string, unknown>)[key],
      (expected as Record<string, unknown>)[key],
      `${what}.${key}`,
    );
  }
}

function equalItems(actual: Uint8Array, expected: Uint8Array, what: string): void {
  equal(actual.length, expected.length, `length of ${what}`);
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i])) equal(actual[i], expected[i], `${what}[${i}]`);
  }
}

/** Throws unless the work rejects with an error of this code, a sentence and a way on; resolves to the message. */
export async function rejects(work: () => Promise<unknown>, code: string): Promise<string> {
  let error: unknown;
  try {
    await work();
  } catch (thrown) {
    error = thrown;
  }
  if (error === undefined) throw new Error(`nothing was thrown instead of ${code}`);
  const { code: found, message, hint } = error as { code?: string; message?: string; hint?: string };
  equal(found, code, `code of "${message}"`);
  ok(/\.$/.test(message ?? '') && /\.$/.test(hint ?? ''), `"${message}" / "${hint}" are no sentences`);
  return message ?? '';
}
