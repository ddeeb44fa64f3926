// How often a head is right, per bin of how sure it was: points on the diagonal are calibrated. Larger points hold more answers.

import { formatNumber, formatPercent, formatWord } from '../../../base/format.ts';
import { extent } from '../../../base/numbers.ts';
import type { HeadReport } from '../../../terms/heads.ts';
import { drawingScale } from '../../browser/projector.ts';
import { seriesStyle } from './plane/PlaneMark.tsx';

const SIZE = 220;
const MARGIN = { left: 40, bottom: 34, top: 8, right: 8 };
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const [SMALLEST, LARGEST] = [3, 9];

const x = (share: number): number => MARGIN.left + share * (SIZE - MARGIN.left - MARGIN.right);
const y = (share: number): number => SIZE - MARGIN.bottom - share * (SIZE - MARGIN.top - MARGIN.bottom);

export function ReliabilityDiagram({ report }: { report: HeadReport }) {
  const bins = report.bins.filter((bin) => bin.n > 0);
  const most = extent([1, ...bins.map((bin) => bin.n)])[1];
  return (
    <figure class="reliability">
      <svg
        viewBox={`0 0 ${SIZE} ${SIZE}`}
        width={SIZE * drawingScale.value}
        height={SIZE * drawingScale.value}
        role="img"
        aria-label={describe(report)}
      >
        {TICKS.map((tick) => (
          <g key={tick}>
            <line class="plane-grid" x1={x(tick)} x2={x(tick)} y1={y(0)} y2={y(1)} />
            <line class="plane-grid" x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} />
            <text class="plane-tick" x={x(tick)} y={y(0) + 14} text-anchor="middle">
              {tick * 100}
            </text>
            <text class="plane-tick" x={x(0) - 5} y={y(tick) + 4} text-anchor="end">
              {tick * 100}
            </text>
          </g>
        ))}
        <text class="plane-axis" x={x(0.5)} y={SIZE - 4} text-anchor="middle">
          sure, %
        </text>
        <text class="plane-axis" transform={`translate(11 ${y(0.5)}) rotate(-90)`} text-anchor="middle">
          right, %
        </text>
        <line class="reliability-ideal" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
        {bins.map(({ confidence, accuracy, n }) => (
          <g key={confidence}>
            <line
              class="reliability-gap"
              x1={x(confidence)}
              x2={x(confidence)}
              y1={y(confidence)}
              y2={y(accuracy)}
            />
            <circle
              class="plane-mark"
              style={seriesStyle(0)}
              cx={x(confidence)}
              cy={y(accuracy)}
              r={SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(n / most)}
            />
          </g>
        ))}
      </svg>
      <figcaption class="hint">{describe(report)}</figcaption>
    </figure>
  );
}

/** In words: the error, and the bin that is most wrong about itself among those with enough answers to tell. */
function describe(report: HeadReport): string {
  const name = `The ${formatWord(report.head)} head`;
  const total = report.bins.reduce((sum, bin) => sum + bin.n, 0);
  const counted = report.bins.filter((bin) => bin.n >= total / 20);
  const gap = (bin: (typeof counted)[number]): number => Math.abs(bin.confidence - bin.accuracy);
  const worst = counted.reduce<(typeof counted)[number] | null>(
    (most, bin) => (!most || gap(bin) > gap(most) ? bin : most),
    null,
  );
  if (!worst) return `${name} has judged nothing.`;
  const side = worst.confidence > worst.accuracy ? 'surer than it should be' : 'less sure than it could be';
  return (
    `${name} is ${formatNumber(report.ece)} off on average (calibration error). Furthest off: where it is ` +
    `${formatPercent(worst.confidence)} sure it is right ${formatPercent(worst.accuracy)} of the time, ${side}.`
  );
}
