// The reward heads on held-out answers: accuracy, confusion, calibration.

import type { HeadReport, HeadsEvent } from '../../../protocol/messages.ts';
import { formatNumber, formatPercent, formatWord } from '../../format.ts';

export function HeadsCard({ heads }: { heads: HeadsEvent | null }) {
  return (
    <section class="card" aria-labelledby="heads-title">
      <h2 id="heads-title">Reward heads</h2>
      {heads ? (
        <>
          <Accuracies reports={heads.reports} />
          {heads.reports.map((report) => (
            <details key={report.head}>
              <summary>{formatWord(report.head)}: confusion and calibration</summary>
              <Confusion report={report} />
              <Calibration report={report} />
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
    <div class="scroll-x">
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
    </div>
  );
}

function Confusion({ report }: { report: HeadReport }) {
  return (
    <div class="scroll-x">
      <table class="confusion">
        <caption>Rows: the truth; columns: what the {formatWord(report.head)} head said</caption>
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
                <td key={other} class={truth === predicted ? 'right' : ''}>
                  {report.confusion[truth]?.[predicted] ?? 0}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Per bin of confidence, how often the head was right; a calibrated head is right as often as it is sure. */
function Calibration({ report }: { report: HeadReport }) {
  const bins = report.bins.filter((bin) => bin.n > 0);
  return (
    <div class="scroll-x">
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
    </div>
  );
}
