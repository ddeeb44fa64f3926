// Random whole configurations for property tests, drawn from the table.

import fc from 'fast-check';
import { SETTINGS, type SettingInfo, type Settings, validateSettings } from '../../src/config/index.ts';
import { LABELS } from '../../src/terms/labels.ts';

function anyFloat(min: number, max: number): fc.Arbitrary<number> {
  return fc.double({ min, max, noNaN: true });
}

/** Any allowed value of one row. */
export function anyValue(row: SettingInfo): fc.Arbitrary<unknown> {
  switch (row.type) {
    case 'int':
      return fc.integer({ min: row.min, max: row.max });
    case 'float':
      return anyFloat(row.min, row.max).filter(
        (value) => !(row.aboveMin && value <= row.min) && !(row.belowMax && value >= row.max),
      );
    case 'bool':
      return fc.boolean();
    case 'enum':
      return fc.constantFrom(...row.choices);
    case 'list': {
      const word = fc.constantFrom(...row.choices);
      const options = { minLength: 1, maxLength: row.maxLength };
      return row.repeats ? fc.array(word, options) : fc.uniqueArray(word, options);
    }
    case 'mix':
      return fc
        .dictionary(fc.constantFrom(...LABELS), anyFloat(0, 1e6), { minKeys: 1 })
        .filter((weights) => Object.values(weights).some((weight) => weight > 0));
  }
}

/** Any configuration: some settings drawn at random, the rest at their default. */
export const anySettings: fc.Arbitrary<Settings> = fc
  .record(Object.fromEntries(SETTINGS.map((row) => [row.key, anyValue(row)])), { requiredKeys: [] })
  .map((input) => validateSettings(input));
