// The plane as SVG: whiskers, arrows in the order of training, the Pareto front, marks and their labels.

import { formatPercent } from '../../../../base/format.ts';
import { drawingScale } from '../../../browser/projector.ts';
import { useSize } from '../../../parts/useSize.ts';
import type { Plane, PlanePoint } from '../../../state/scores/plane.ts';
import { MARK_RADIUS, planeLayout } from '../../../state/scores/planeGeometry.ts';
import { PlaneMark, seriesStyle } from './PlaneMark.tsx';

const MOST_WIDTH_PX = 760;
const HEIGHT_PX = 380;
const NARROW_HEIGHT_PX = 320;

/** `label`: what the picture shows, in a sentence. */
export function PlaneChart({ label, ...plane }: Plane & { label: string }) {
  const { host, width: room } = useSize<HTMLDivElement>();
  const scale = drawingScale.value;
  const width = Math.min(MOST_WIDTH_PX, room / scale);
  const height = width < 480 ? NARROW_HEIGHT_PX : HEIGHT_PX;
  return (
    <div ref={host} class="plane">
      {width > 0 && (
        <svg
          width={width * scale}
          height={height * scale}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={label}
        >
          <Drawing {...{ ...plane, width, height }} />
        </svg>
      )}
    </div>
  );
}

function Drawing({ points, series, xAxis, yAxis, width, height }: Plane & { width: number; height: number }) {
  const { plot, xScale, yScale, marks, arrows, front } = planeLayout(points, series, width, height);
  const bottom = plot.y + plot.height;
  const right = plot.x + plot.width;
  return (
    <>
      {xScale.ticks.map((tick) => (
        <g key={`x${tick}`}>
          <line class="plane-grid" x1={xScale.at(tick)} x2={xScale.at(tick)} y1={plot.y} y2={bottom} />
          <text class="plane-tick" x={xScale.at(tick)} y={bottom + 15} text-anchor="middle">
            {Math.round(tick * 100)} %
          </text>
        </g>
      ))}
      {yScale.ticks.map((tick) => (
        <g key={`y${tick}`}>
          <line class="plane-grid" x1={plot.x} x2={right} y1={yScale.at(tick)} y2={yScale.at(tick)} />
          <text class="plane-tick" x={plot.x - 6} y={yScale.at(tick) + 4} text-anchor="end">
            {Math.round(tick * 100)} %
          </text>
        </g>
      ))}
      <text class="plane-axis" x={(plot.x + right) / 2} y={height - 8} text-anchor="middle">
        {xAxis.title} →
      </text>
      <text
        class="plane-axis"
        transform={`translate(13 ${plot.y + plot.height / 2}) rotate(-90)`}
        text-anchor="middle"
      >
        {yAxis.title} →
      </text>
      {front !== '' && <polyline class="plane-front" points={front} />}
      {arrows.map(({ series: model, line: [x1, y1, x2, y2], head }) => (
        <g key={head} class="plane-arrow" style={seriesStyle(model)}>
          <line x1={x1} y1={y1} x2={x2} y2={y2} />
          <polygon points={head} />
        </g>
      ))}
      {marks.map(({ x, y, left, right: end, top, bottom: low, front: best, label }, index) => {
        const point = points[index] as PlanePoint;
        return (
          <g key={`${point.series} ${point.stage} ${index}`}>
            <title>
              {label.text}: {formatPercent(point.y.value)} {yAxis.title}, {formatPercent(point.x.value)}{' '}
              {xAxis.title}
            </title>
            <path
              class="plane-whisker"
              style={seriesStyle(point.series)}
              d={`M${left},${y}H${end}M${left},${y - 3}v6M${end},${y - 3}v6M${x},${top}V${low}M${x - 3},${top}h6M${x - 3},${low}h6`}
            />
            {best && <circle class="plane-best" cx={x} cy={y} r={MARK_RADIUS + 4} />}
            <PlaneMark series={point.series} x={x} y={y} radius={MARK_RADIUS} />
            {label.far && (
              <line
                class="plane-leader"
                x1={x}
                y1={y}
                x2={Math.min(Math.max(x, label.x), label.x + label.width)}
                y2={Math.min(Math.max(y, label.y), label.y + label.height)}
              />
            )}
            <text class="plane-label" x={label.x + 2} y={label.y + label.height - 4}>
              {label.text}
            </text>
          </g>
        );
      })}
    </>
  );
}
