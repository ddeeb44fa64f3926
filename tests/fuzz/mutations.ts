// What fuzzing does to good input: bytes of a file, values of a JSON record, characters of a text. All drawn by fast-check.

import fc from 'fast-check';

const ODD_BYTES = [0, 1, 0x7f, 0x80, 0xff];

/** The file with a few of its bytes changed, a piece cut out or repeated, or cut off. */
export function bytesLike(file: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat(Math.max(0, file.length - 1));
  const byte = fc.oneof(fc.constantFrom(...ODD_BYTES), fc.nat(255));
  const set = fc.array(fc.tuple(place, byte), { minLength: 1, maxLength: 8 }).map((changes) => {
    const changed = file.slice();
    for (const [at, value] of changes) changed[at] = value;
    return changed;
  });
  const piece = fc.tuple(place, fc.nat(64), fc.boolean()).map(([at, length, repeated]) => {
    const parts = [
      file.subarray(0, at),
      repeated ? file.subarray(at, at + length) : [],
      file.subarray(at + (repeated ? 0 : length)),
    ];
    const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let end = 0;
    for (const part of parts) {
      joined.set(part, end);
      end += part.length;
    }
    return joined;
  });
  return fc.oneof(
    set,
    piece,
    place.map((length) => file.slice(0, length)),
    fc.uint8Array({ maxLength: 200 }),
  );
}

const oddValue = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.constantFrom(null, true, '', 'x', -1, 0.5, 1e300, 2 ** 53, [], {}, [null], '__proto__', {
      $number: 'NaN',
    }),
    fc.string({ maxLength: 40, unit: 'binary' }),
    fc.jsonValue({ maxDepth: 3 }),
    fc.constant('y'.repeat(5000)),
    fc.constantFrom(1, 40, 3000).map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))),
  );

/** The record with one of its values, however deep, replaced, removed or given another name. */
export function recordLike(record: unknown): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.nat(1000), oddValue(), fc.constantFrom('replace', 'remove', 'rename'))
    .map(([pick, value, how]) => {
      const copy = structuredClone({ record });
      const places: { holder: Record<string, unknown>; key: string }[] = [];
      const visit = (holder: object): void => {
        for (const [key, inner] of Object.entries(holder)) {
          places.push({ holder: holder as Record<string, unknown>, key });
          if (typeof inner === 'object' && inner !== null) visit(inner);
        }
      };
      visit(copy);
      const { holder, key } = places[pick % places.length];
      if (how === 'rename') holder[`${key}x`] = holder[key];
      if (how === 'replace') holder[key] = value;
      else delete holder[key];
      return copy.record ?? null;
    });
}

/** The text with a piece of it replaced, or any text. */
export function textLike(text: string): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(
      '',
      '=',
      '&',
      '%',
      '--',
      ',',
      ':',
      '-1',
      'NaN',
      '1e999',
      '\u0000',
      '\ud800',
      '%ff',
      'x'.repeat(20_000),
    ),
    fc.string({ maxLength: 20, unit: 'binary' }),
  );
  const changed = fc
    .tuple(fc.nat(text.length), fc.nat(10), piece)
    .map(([at, length, other]) => text.slice(0, at) + other + text.slice(at + length));
  return fc.oneof(changed, fc.string({ maxLength: 200, unit: 'binary' }));
}
