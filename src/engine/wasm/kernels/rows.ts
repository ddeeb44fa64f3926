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

/** Joins [batch, first] rows and [batch, second] rows into [batch, first + second]; `split` undoes it. */
export function joinRows(
  image: usize,
  text: usize,
  out: usize,
  batch: i32,
  first: i32,
  second: i32,
  cols: i32,
): void {
  for (let b = 0; b < batch; b++) {
    const target = at(out, b * (first + second) * cols);
    memory.copy(target, at(image, b * first * cols), (<usize>(first * cols)) << 2);
    memory.copy(at(target, first * cols), at(text, b * second * cols), (<usize>(second * cols)) << 2);
  }
}

export function splitRows(
  joined: usize,
  image: usize,
  text: usize,
  batch: i32,
  first: i32,
  second: i32,
  cols: i32,
): void {
  for (let b = 0; b < batch; b++) {
    const source = at(joined, b * (first + second) * cols);
    memory.copy(at(image, b * first * cols), source, (<usize>(first * cols)) << 2);
    memory.copy(at(text, b * second * cols), at(source, first * cols), (<usize>(second * cols)) << 2);
  }
}
