// JSON for bundles: like JSON, but NaN, the infinities and -0 survive (a checkpoint's state may hold them).

const SPECIAL: { readonly [text: string]: number } = { NaN, Infinity, '-Infinity': -Infinity, '-0': -0 };

function replacer(_key: string, value: unknown): unknown {
  if (typeof value !== 'number') return value;
  if (Object.is(value, -0)) return { $number: '-0' };
  return Number.isFinite(value) ? value : { $number: String(value) };
}

function reviver(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$number' in value)) return value;
  const text = value.$number;
  if (Object.keys(value).length !== 1 || typeof text !== 'string' || !Object.hasOwn(SPECIAL, text))
    return value;
  return SPECIAL[text];
}

/** UTF-8 bytes of the value as indented JSON. */
export function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, replacer, 1)}\n`);
}

/** The inverse of `encodeJson`; throws a SyntaxError or TypeError for bytes that are no UTF-8 JSON. */
export function decodeJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), reviver);
}
