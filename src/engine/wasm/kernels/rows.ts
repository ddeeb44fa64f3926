// Whole rows picked, added up and moved: embeddings, learned positions, joins (AssemblyScript).

import { addTo, at } from './lanes';

/** out = x + table[positions[row]]. */
export function addPosition(
  x: usize,
  table: usize,
  positions: usize,
  out: usize,
  rows: i32,
  cols: i32,
): void {
  for (let r = 0; r < rows; r++) {
    const row = at(x, r * cols);
    const target = at(out, r * cols);
    const entry = at(table, load<i32>(at(positions, r)) * cols);
    for (let c = 0; c < cols; c += 4) {
      v128.store(at(target, c), f32x4.add(v128.load(at(row, c)), v128.load(at(entry, c))));
    }
  }
}

/** table[index[row]] += x[row] in row order: embeddings' and positions' gradient, reproducible. */
export function scatterAdd(x: usize, index: usize, table: usize, rows: i32, cols: i32): void {
  for (let r = 0; r < rows; r++) {
    const row = at(x, r * cols);
    const entry = at(table, load<i32>(at(index, r)) * cols);
    for (let c = 0; c < cols; c += 4) addTo(at(entry, c), v128.load(at(row, c)));
  }
}

/** out[row] = table[index[row]]: embeddings, and picking output rows. */
export function gatherRows(table: usize, index: usize, out: usize, rows: i32, cols: i32): void {
  for (let r = 0; r < rows; r++) {
    memory.copy(at(out, r * cols), at(table, load<i32>(at(index, r)) * cols), (<usize>cols) << 2);
  }
}

/** out[row] = text[source[row]], or image[~source[row]] where that is negative; `splitRows` undoes it. */
export function joinRows(image: usize, text: usize, out: usize, source: usize, rows: i32, cols: i32): void {
  for (let r = 0; r < rows; r++) {
    const from = load<i32>(at(source, r));
    const row = from < 0 ? at(image, ~from * cols) : at(text, from * cols);
    memory.copy(at(out, r * cols), row, (<usize>cols) << 2);
  }
}

export function splitRows(joined: usize, image: usize, text: usize, source: usize, rows: i32, cols: i32): void {
  for (let r = 0; r < rows; r++) {
    const from = load<i32>(at(source, r));
    const row = from < 0 ? at(image, ~from * cols) : at(text, from * cols);
    memory.copy(row, at(joined, r * cols), (<usize>cols) << 2);
  }
}
