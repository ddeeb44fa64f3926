// The reward heads on held-out answers: accuracy, confusion, calibration.

import type { ComponentChildren } from 'preact';
import { countText, formatNumber, formatPercent, formatWord } from '../../../base/format.ts';
import type { HeadsEvent } from '../../../protocol/messages.ts';
import { HEAD_PROMPTS, type HeadReport } from '../../../terms/heads.ts';
import { Card } from '../../parts/Card.tsx';
import { Table } from '../../parts/Table.tsx';
import { ReliabilityDiagram } from './ReliabilityDiagram.tsx';

/** `children` stand between the table and the details of each head. */
export function HeadsCard({ heads, children }: { heads: HeadsEvent | null; children?: ComponentChildren }) {
  return (
    <Card id="heads" title="Reward heads">
      {heads ? (
        <>
          <Accuracies reports={heads.reports} />
          <p class="hint">{HEAD_PROMPTS}</p>
          {children}
          {heads.reports.map((report) => (
            <details key={report.head}>
              <summary>{formatWord(report.head)}: confusion and calibration</summary>
              <div class="head-details row top">
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
    </Card>
  );
}

function Accuracies({ reports }: { reports: readonly HeadReport[] }) {
  return (
    <Table
      label="Accuracy of the heads"
      caption="Accuracy on held-out answers, with the 95 % interval"
      heads={['head', 'accuracy', '95 % interval', 'calibration error', 'n (effective)']}
      rows={reports.map(({ head, accuracy, low, high, ece, ...counts }) => ({
        key: head,
        head: formatWord(head),
        cells: [
          formatPercent(accuracy),
          `${formatPercent(low)} – ${formatPercent(high)}`,
          formatNumber(ece),
          countText(counts),
        ],
      }))}
    />
  );
}

/** Of the answers of one class, the share that the head called so. */
function shareOf({ confusion }: HeadReport, truth: number, predicted: number): number {
  const row = confusion[truth] ?? [];
  const total = row.reduce((sum, count) => sum + count, 0);
  return total > 0 ? (row[predicted] ?? 0) / total : 0;
}

function Confusion({ report }: { report: HeadReport }) {
  const head = formatWord(report.head);
  return (
    <Table
      class="confusion"
      label={`Confusion of the ${head} head`}
      caption={`Rows: the truth; columns: what the ${head} head said. The darker a cell, the larger its share of the row; right verdicts are framed.`}
      heads={['truth', ...report.classes.map(formatWord)]}
      rows={report.classes.map((name, truth) => ({
        key: name,
        head: formatWord(name),
        cells: report.classes.map((_, predicted) => ({
          content: report.confusion[truth]?.[predicted] ?? 0,
          class: truth === predicted ? 'right' : undefined,
          style: { '--share': String(shareOf(report, truth, predicted)) },
        })),
      }))}
    />
  );
}

/** Per bin of confidence, how often the head was right; a calibrated head is right as often as it is sure. */
function Calibration({ report }: { report: HeadReport }) {
  return (
    <Table
      label={`Calibration of the ${formatWord(report.head)} head`}
      caption="Calibration: how sure it was, and how often it was right"
      heads={['confidence', 'right', 'n']}
      rows={report.bins
        .filter((bin) => bin.n > 0)
        .map(({ confidence, accuracy, n }) => ({
          key: confidence,
          head: formatPercent(confidence),
          cells: [
            <>
              <meter min={0} max={1} value={accuracy} aria-hidden="true" /> {formatPercent(accuracy)}
            </>,
            n,
          ],
        }))}
    />
  );
}
