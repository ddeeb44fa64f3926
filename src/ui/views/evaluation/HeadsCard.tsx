// The reward heads on held-out answers: accuracy, confusion, calibration.

import type { ComponentChildren } from 'preact';
import { countText, formatNumber, formatPercent, formatWord } from '../../../base/format.ts';
import type { HeadsEvent } from '../../../protocol/messages.ts';
import { HEAD_PROMPTS, type HeadReport } from '../../../terms/heads.ts';
import { Card } from '../../parts/Card.tsx';
import { Table } from '../../parts/Table.tsx';
import { ReliabilityDiagram } from './ReliabilityDiagram.tsx';
import { HEADS_TEXTS } from './texts.ts';

/** `children` stand between the table and the details of each head. */
export function HeadsCard({ heads, children }: { heads: HeadsEvent | null; children?: ComponentChildren }) {
  return (
    <Card id="heads" title={HEADS_TEXTS.title}>
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
        <p class="empty">{HEADS_TEXTS.none}</p>
      )}
    </Card>
  );
}

function Accuracies({ reports }: { reports: readonly HeadReport[] }) {
  return (
    <Table
      label="Accuracy of the heads"
      caption={HEADS_TEXTS.accuracy}
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
      caption={HEADS_TEXTS.confusion(head)}
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
      caption={HEADS_TEXTS.calibration}
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
