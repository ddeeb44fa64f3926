// Curves as a figure: uPlot for the eyes, a sentence per curve and a table for everyone else, and buttons that save it.

import { useSignal } from '@preact/signals';
import { Prose } from '../parts/Prose.tsx';
import { newestRows, sampledRows } from '../state/charts/chartRows.ts';
import { CurveTable, CurveWords } from './CurveWords.tsx';
import { chartFigure } from './chartFigure.ts';
import { SaveFigure } from './SaveFigure.tsx';
import { type PlotInput, usePlot } from './usePlot.ts';
import './charts.css';

type CurveFigureProps = Omit<PlotInput, 'heightPx'> & {
  /** A figure that compares is large, says at once what its curves did, and its table covers them from end to end. */
  compares?: boolean;
  /** Pointed out among the others. */
  marked?: boolean;
};

export function CurveFigure({ compares = false, marked = false, ...input }: CurveFigureProps) {
  const { spec, xLabel } = input;
  const { host, note } = usePlot({ ...input, heightPx: compares ? 300 : 170 });
  const open = useSignal(false);
  const rows = compares || open.value ? input.rows() : null;
  const total = rows?.x.length ?? 0;
  const shown = compares ? sampledRows(total, 25) : newestRows(total, 12);
  const caption = compares ? `${shown.length} of ${total} rows, as measured` : `Last ${shown.length} rows`;
  const words = rows && <CurveWords spec={spec} rows={rows} />;
  return (
    <figure class={marked ? 'chart marked' : 'chart'} aria-label={spec.title}>
      <h3>
        {spec.title} {marked && <span class="chip bad">◀ watch this</span>}
      </h3>
      <div ref={host} class="chart-plot" aria-hidden="true" />
      <figcaption>
        {spec.hint && (
          <p class="hint">
            <Prose text={spec.hint} />
          </p>
        )}
        {note.value !== '' && <p class="hint axis-note">{note}</p>}
        {compares && words}
        <details onToggle={(event) => (open.value = event.currentTarget.open)}>
          <summary>{compares ? 'As a table' : 'In words and numbers'}</summary>
          {!compares && words}
          {rows && open.value && <CurveTable {...{ spec, rows, xLabel, caption, shown }} />}
        </details>
        <SaveFigure name={spec.title} figure={(at) => chartFigure(input, at)} />
      </figcaption>
    </figure>
  );
}
