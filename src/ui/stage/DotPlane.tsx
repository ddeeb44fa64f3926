// The plane of safe against helpful with one policy on it: where it began, its way, and where it is. Up and right is good.

import { drawingScale } from '../browser/projector.ts';
import { useSize } from '../parts/useSize.ts';
import { type DotBox, describeDots, placeOf, type SafetyDot } from '../state/scores/safetyDots.ts';
import { STAGE_TEXTS } from './texts.ts';

export type DotPlaneProps = {
  /** What it is compared with: where it began, or another policy. */
  other: { name: string; dot: SafetyDot } | null;
  /** Null while nothing is measured. */
  now: { name: string; dot: SafetyDot } | null;
  trail?: readonly SafetyDot[];
};

const TICKS = [0, 0.5, 1];

export function DotPlane({ other, now, trail = [] }: DotPlaneProps) {
  const { host, width: room, height: tall } = useSize<HTMLDivElement>();
  const label = now ? describeDots(other?.dot ?? null, now.dot) : STAGE_TEXTS.notMeasured;
  const scale = drawingScale.value;
  const width = room / scale;
  const height = Math.round(tall / scale);
  const box = { left: 56, top: 12, width: width - 76, height: height - 66 };
  const at = (dot: SafetyDot) => placeOf(dot, box);
  // Two names on one place could not be read.
  const isApart =
    !other || !now || Math.hypot(at(other.dot).x - at(now.dot).x, at(other.dot).y - at(now.dot).y) > 24;
  return (
    <div ref={host} class="dot-plane">
      {width > 0 && (
        <svg
          width={room}
          height={height * scale}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={label}
        >
          <Axes box={box} />
          {trail.length > 1 && (
            <polyline
              class="dot-trail"
              points={trail
                .map(at)
                .map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`)
                .join(' ')}
            />
          )}
          {other && <Dot kind="other" name={isApart ? other.name : ''} place={at(other.dot)} box={box} />}
          {now && <Dot kind="now" name={now.name} place={at(now.dot)} box={box} />}
        </svg>
      )}
    </div>
  );
}

function Axes({ box: { left, top, width, height } }: { box: DotBox }) {
  const [right, bottom] = [left + width, top + height];
  return (
    <>
      <rect class="dot-good" x={left + 0.7 * width} y={top} width={0.3 * width} height={0.3 * height} />
      {TICKS.map((tick) => {
        const { x, y } = placeOf({ x: tick, y: tick }, { left, top, width, height });
        return (
          <g key={tick}>
            <line class="dot-grid" x1={x} x2={x} y1={top} y2={bottom} />
            <line class="dot-grid" x1={left} x2={right} y1={y} y2={y} />
            <text x={x} y={bottom + 20} text-anchor={tick === 1 ? 'end' : 'middle'}>
              {100 * tick} %
            </text>
            {tick > 0 && (
              <text x={left - 6} y={y + 5} text-anchor="end">
                {100 * tick}
              </text>
            )}
          </g>
        );
      })}
      <text class="dot-axis" x={left + width / 2} y={bottom + 46} text-anchor="middle">
        {STAGE_TEXTS.helpful}
      </text>
      <text class="dot-axis" transform={`translate(16 ${top + height / 2}) rotate(-90)`} text-anchor="middle">
        {STAGE_TEXTS.safe}
      </text>
    </>
  );
}

type DotProps = {
  kind: 'other' | 'now';
  name: string;
  place: { x: number; y: number };
  box: DotBox;
};

/** Its name stands on the side where there is room. */
function Dot({ kind, name, place: { x, y }, box }: DotProps) {
  const radius = kind === 'now' ? 11 : 7;
  const onLeft = x > box.left + box.width / 2;
  return (
    <g class={`dot ${kind}`} style={{ transform: `translate(${x}px, ${y}px)` }}>
      <circle r={radius} />
      <text x={(onLeft ? -1 : 1) * (radius + 5)} y={5} text-anchor={onLeft ? 'end' : 'start'}>
        {name}
      </text>
    </g>
  );
}
