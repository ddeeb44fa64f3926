// safetensors: exact round trips, the official layout, and one clear sentence for every damage.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StorageError } from '../../src/storage/errors.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../src/storage/safetensors.ts';

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const tensor: fc.Arbitrary<Tensor> = shape.chain((sizes) => {
  const length = sizes.reduce((product, size) => product * size, 1);
  const data = fc.oneof(
    fc.float32Array({ minLength: length, maxLength: length }),
    fc.int32Array({ minLength: length, maxLength: length }),
    fc.uint8Array({ minLength: length, maxLength: length }),
  );
  return data.map((items) => ({ shape: sizes, data: items }));
});
const tensors = fc
  .uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), tensor), { selector: ([name]) => name })
  .map((entries) => Object.fromEntries(entries.filter(([name]) => name !== '__metadata__')));

/** A file with this header text and this many data bytes. */
function file(header: string, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function decodeError(bytes: Uint8Array): string {
  try {
    decodeSafetensors(bytes, 'The file');
  } catch (error) {
    expect(error).toBeInstanceOf(StorageError);
    return (error as StorageError).message;
  }
  return 'no error';
}

describe('safetensors', () => {
  test('what is encoded is decoded, bit for bit', () => {
    fc.assert(
      fc.property(tensors, (original) => {
        const decoded = decodeSafetensors(encodeSafetensors(original));
        expect(Object.keys(decoded).sort()).toEqual(Object.keys(original).sort());
        for (const [name, { shape: sizes, data }] of Object.entries(original)) {
          expect(decoded[name].shape).toEqual(sizes);
          expect(decoded[name].data.constructor).toBe(data.constructor);
          expect(new Uint8Array(decoded[name].data.buffer)).toEqual(
            new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
          );
        }
      }),
    );
  });

  test('the layout is the official one: length, JSON padded to 8 bytes, data without gaps', () => {
    const bytes = encodeSafetensors({
      mask: { shape: [3], data: Uint8Array.of(1, 0, 1) },
      w: { shape: [1, 2], data: Float32Array.of(1, -2) },
    });
    const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(headerBytes % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)))).toEqual({
      w: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
      mask: { dtype: 'U8', shape: [3], data_offsets: [8, 11] },
    });
    expect(bytes.length).toBe(8 + headerBytes + 11);
    expect([...bytes.subarray(8 + headerBytes)]).toEqual([0, 0, 128, 63, 0, 0, 0, 192, 1, 0, 1]);
  });

  test('a file of the Python library is read: metadata, any order of entries', () => {
    const header =
      '{"__metadata__":{"format":"pt"},"b":{"dtype":"U8","shape":[1],"data_offsets":[4,5]},"a":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}   ';
    expect(decodeSafetensors(file(header, 5))).toEqual({
      b: { shape: [1], data: Uint8Array.of(0) },
      a: { shape: [], data: Int32Array.of(0) },
    });
  });

  test.each([
    ['is empty', new Uint8Array(0), 'cut off'],
    ['claims a huge header', new Uint8Array(20).fill(255), 'claims'],
    ['ends inside the header', file('{}', 0).subarray(0, 9), 'cut off inside'],
    ['has no JSON', file('{"a', 0), 'no JSON'],
    ['has a list', file('[]', 0), 'no JSON object'],
    ['has another type', file('{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}', 2), 'BF16'],
    [
      'has a negative size',
      file('{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}', 1),
      'no valid shape',
    ],
    ['has no offsets', file('{"a":{"dtype":"U8","shape":[1]}}', 1), 'no valid offsets'],
    [
      'has offsets that do not fit',
      file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,2]}}', 2),
      'fit its shape',
    ],
    ['has a gap', file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 2), 'gap'],
    ['has data left', file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 2), 'goes on'],
    ['misses data', file('{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}', 2), '1 bytes'],
  ])('a file that %s is refused by name', (_, bytes, part) => {
    expect(decodeError(bytes)).toContain(part);
    expect(decodeError(bytes)).toMatch(/^The file .*\.$/);
  });

  test('every cut and every changed header byte is refused or harmless', () => {
    const bytes = encodeSafetensors({ w: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } });
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeError(bytes.subarray(0, length))).not.toBe('no error');
    }
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] ^= 1 << (at % 8);
      expect(decodeError(changed)).toMatch(/no error|\.$/);
    }
  });

  test('a tensor whose shape and data disagree is not written', () => {
    expect(() => encodeSafetensors({ w: { shape: [3], data: new Float32Array(2) } })).toThrow('"w"');
  });
});
