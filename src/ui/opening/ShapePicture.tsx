// What a failure looks like: its curve as it was measured, or its two scores as bars.

import { formatNumber, formatPercent } from '../../base/format.ts';
import { extent } from '../../base/numbers.ts';
import type { FailureSign } from '../../config/index.ts';

const WIDTH = 240;
const HEIGHT = 72;
const INSET = 6;

type ShapePictureProps = { shape: readonly number[]; sign: FailureSign };

export function ShapePicture({ shape, sign }: ShapePictureProps) {
  const [first = 0, last = 0] = [shape[0], shape.at(-1)];
  const scores = sign.kind === 'score';
  const text = scores ? (value: number) => formatPercent(value, 0) : formatNumber;
  const what = sign.kind === 'gap' ? 'the reward above the oracle’s' : sign.what;
  return (
    <figure class="shape">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${what}: from ${text(first)} to ${text(last)}`}
      >
        {scores ? <Bars values={[first, last]} /> : <Line values={shape} />}
      </svg>
      <figcaption class="hint">
        {what}: {text(first)} → {text(last)}
      </figcaption>
    </figure>
  );
}

/** Shares of the whole width, one below the other. */
function Bars({ values }: { values: readonly number[] }) {
  const height = (HEIGHT - 3 * INSET) / values.length;
  return (
    <>
      {values.map((value, i) => (
        <rect
          key={i}
          class={i === 0 ? 'before' : 'after'}
          x={0}
          y={INSET + i * (height + INSET)}
          width={value * WIDTH}
          height={height}
        />
      ))}
    </>
  );
}

function Line({ values }: { values: readonly number[] }) {
  const [low, high] = extent([0, ...values]);
  const points = values.map((value, i) => {
    const x = INSET + (i / Math.max(1, values.length - 1)) * (WIDTH - 2 * INSET);
    const y = HEIGHT - INSET - ((value - low) / Math.max(1e-9, high - low)) * (HEIGHT - 2 * INSET);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return <polyline points={points.join(' ')} />;
}
