// The reward heads on held-out answers: accuracy, confusion, calibration.

import type { ComponentChildren } from 'preact';
import { formatNumber, formatPercent, formatWord } from '../../../base/format.ts';
import type { HeadsEvent } from '../../../protocol/messages.ts';
import type { HeadReport } from '../../../terms/heads.ts';
import { ScrollX } from '../../parts/ScrollX.tsx';
import { ReliabilityDiagram } from './ReliabilityDiagram.tsx';

/** `children` stand between the table and the details of each head. */
export function HeadsCard({ heads, children }: { heads: HeadsEvent | null; children?: ComponentChildren }) {
  return (
    <section class="card" aria-labelledby="heads-title">
      <h2 id="heads-title">Reward heads</h2>
      {heads ? (
        <>
          <Accuracies reports={heads.reports} />
          {children}
          {heads.reports.map((report) => (
            <details key={report.head}>
              <summary>{formatWord(report.head)}: confusion and calibration</summary>
              <div class="head-details">
                <ReliabilityDiagram report={report} />
                <Confusion report={report} />
                <Calibration report={report} />
              </div>
            </details>
          ))}
        </>
      ) : (
        <p class="empty">
          The heads stage trains small judges (safety, value, knowledge, helpful); their held-out report
          appears here.
        </p>
      )}
    </section>
  );
}

function Accuracies({ reports }: { reports: readonly HeadReport[] }) {
  return (
    <ScrollX label="Accuracy of the heads">
      <table>
        <caption>Accuracy on held-out answers, with the 95 % interval</caption>
        <thead>
          <tr>
            <th scope="col">head</th>
            <th scope="col">accuracy</th>
            <th scope="col">95 % interval</th>
            <th scope="col">calibration error</th>
            <th scope="col">n</th>
          </tr>
        </thead>
        <tbody>
          {reports.map((report) => (
            <tr key={report.head}>
              <th scope="row">{formatWord(report.head)}</th>
              <td>{formatPercent(report.accuracy)}</td>
              <td>
                {formatPercent(report.low)} – {formatPercent(report.high)}
              </td>
              <td>{formatNumber(report.ece)}</td>
              <td>{report.n}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

const HEAT_STEPS = 5;

/** `heat-0` to `heat-5` by the share of the row, with `right` on the diagonal. */
function heatClass({ confusion }: HeadReport, truth: number, predicted: number): string {
  const row = confusion[truth] ?? [];
  const total = row.reduce((sum, count) => sum + count, 0);
  const share = total > 0 ? (row[predicted] ?? 0) / total : 0;
  return `heat-${Math.ceil(share * HEAT_STEPS)}${truth === predicted ? ' right' : ''}`;
}

function Confusion({ report }: { report: HeadReport }) {
  return (
    <ScrollX label={`Confusion of the ${formatWord(report.head)} head`}>
      <table class="confusion">
        <caption>
          Rows: the truth; columns: what the {formatWord(report.head)} head said. The darker a cell, the
          larger its share of the row; right verdicts are framed.
        </caption>
        <thead>
          <tr>
            <th scope="col">truth</th>
            {report.classes.map((name) => (
              <th scope="col" key={name}>
                {formatWord(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.classes.map((name, truth) => (
            <tr key={name}>
              <th scope="row">{formatWord(name)}</th>
              {report.classes.map((other, predicted) => (
                <td key={other} class={heatClass(report, truth, predicted)}>
                  {report.confusion[truth]?.[predicted] ?? 0}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

/** Per bin of confidence, how often the head was right; a calibrated head is right as often as it is sure. */
function Calibration({ report }: { report: HeadReport }) {
  const bins = report.bins.filter((bin) => bin.n > 0);
  return (
    <ScrollX label={`Calibration of the ${formatWord(report.head)} head`}>
      <table>
        <caption>Calibration: how sure it was, and how often it was right</caption>
        <thead>
          <tr>
            <th scope="col">confidence</th>
            <th scope="col">right</th>
            <th scope="col">n</th>
          </tr>
        </thead>
        <tbody>
          {bins.map((bin) => (
            <tr key={bin.confidence}>
              <th scope="row">{formatPercent(bin.confidence)}</th>
              <td>
                <meter min={0} max={1} value={bin.accuracy} aria-hidden="true" />{' '}
                {formatPercent(bin.accuracy)}
              </td>
              <td>{bin.n}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}
