// Pixels to patches: the order in which the vision encoders read a picture.

import { PATCH_PX, PIXELS } from '../terms/model.ts';

const TILE_PX = PATCH_PX / 2;

/**
 * Cuts one picture [size, size, 3] into patches and writes them to `out` at `offset`, centred and scaled.
 * Inside a patch the four 4 x 4 tiles stand one after the other (row-major, RGB last), which makes the convolution stem of
 * `internvl-mini` a linear map and its pixel-unshuffle a view.
 */
export function writePatches(pixels: Float32Array, sizePx: number, out: Float32Array, offset: number): void {
  let cursor = offset;
  for (let patchY = 0; patchY < sizePx; patchY += PATCH_PX) {
    for (let patchX = 0; patchX < sizePx; patchX += PATCH_PX) {
      for (let tile = 0; tile < 4; tile++) {
        const top = patchY + (tile >> 1) * TILE_PX;
        const left = patchX + (tile & 1) * TILE_PX;
        for (let y = top; y < top + TILE_PX; y++) {
          const row = (y * sizePx + left) * 3;
          for (let i = 0; i < TILE_PX * 3; i++)
            out[cursor++] = (pixels[row + i] - PIXELS.mean) * PIXELS.scale;
        }
      }
    }
  }
}
