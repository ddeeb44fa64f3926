// The design system on one page (`?parts=1`): the tokens of base.css and the parts that views are made of, each with its use.

import type { ComponentChildren } from 'preact';
import { VERDICT_TABLE } from '../../terms/verdicts.ts';
import { Button } from '../parts/Button.tsx';
import { Card } from '../parts/Card.tsx';
import { NumberField } from '../parts/NumberField.tsx';
import { OutcomeBars } from '../parts/OutcomeBars.tsx';
import { Select, Tick } from '../parts/Select.tsx';
import { Table } from '../parts/Table.tsx';
import { DotPlane } from '../stage/DotPlane.tsx';
import { Figures } from '../stage/Figures.tsx';
import '../stage/stage.css';
import './parts.css';

const TYPE = [
  ['small', '14 px: hints, labels, tables'],
  ['body', '16 px: text'],
  ['large', '20 px: titles of cards, what a model says'],
  ['title', '28 px: the title of a stage'],
  ['figure', '48 px: the four figures of a stage'],
] as const;

const SPACE = ['half', '1', '2', '3', '4', '5', '6'] as const;

const COLOURS = [
  ['paper', 'behind everything'],
  ['card', 'behind what is read'],
  ['part', 'a part within a card'],
  ['line', 'lines'],
  ['ink', 'text'],
  ['ink-soft', 'text beside the point'],
  ['accent', 'what can be pressed, and the policy of now'],
  ['good', 'as one wants it'],
  ['good-back', 'behind it'],
  ['bad', 'as one does not want it'],
  ['bad-back', 'behind it'],
  ['curve-1', 'first curve'],
  ['curve-2', 'second'],
  ['curve-3', 'third'],
  ['curve-4', 'fourth'],
  ['curve-5', 'fifth'],
] as const;

const BARS = [
  { when: 'before', safe: 0.3, declined: 0.14, unsafe: 0.5, nonsense: 0.06 },
  { when: 'after', safe: 0.86, declined: 0.08, unsafe: 0.04, nonsense: 0.02 },
].map(({ when, ...shares }) => ({
  asked: 'Harmful requests',
  when,
  parts: Object.entries(shares).map(([title, share]) => ({
    kind: title as keyof typeof shares,
    title,
    share,
  })),
}));

const score = (suite: string, metric: string, value: number) => ({
  ...{ suite, metric, value, low: value - 0.04, high: value + 0.04, n: 400 },
  better: 'higher' as const,
});

export function PartsPage() {
  return (
    <main class="stack">
      <h1>Parts of the page</h1>
      <Card id="type" title="Type">
        {TYPE.map(([name, use]) => (
          <p key={name} style={{ fontSize: `var(--type-${name})` }}>
            {name}: {use}
          </p>
        ))}
      </Card>
      <Card id="space" title="Space">
        <div class="row">
          {SPACE.map((name) => (
            <span key={name} class="parts-space row">
              <span style={{ width: `var(--space-${name})` }} /> {name}
            </span>
          ))}
        </div>
      </Card>
      <Card id="colours" title="Colour roles">
        <ul class="parts-colours plain">
          {COLOURS.map(([name, use]) => (
            <li key={name} class="row">
              <span style={{ background: `var(--${name})` }} /> <code>{name}</code> {use}
            </li>
          ))}
        </ul>
      </Card>
      <Card id="card" title="Card" tools={<Button label="Action" />}>
        <p>One subject: a title, its actions beside it, the content below.</p>
        <p class="hint">A hint: one line, where the content does not speak for itself.</p>
      </Card>
      <Sample id="button" title="Button" use="One primary action a screen. Quiet ones stand in a text.">
        <Button label="Primary" class="primary" /> <Button label="Button" />{' '}
        <Button label="Quiet" class="quiet" /> <Button label="Delete" class="danger" />{' '}
        <Button label="Disabled" disabled />
      </Sample>
      <Sample
        id="field"
        title="Field"
        use="A label that says the unit, and a control. What is wrong stands below it."
      >
        <Select label="Choice" value="a" choices={[['a', 'first'] as const]} onChoice={() => {}} />
        <NumberField label="Number" value={4} onNumber={() => {}} />
        <Tick label="Tick" checked onTick={() => {}} />
      </Sample>
      <Sample
        id="chip"
        title="Chip"
        use="A verdict or a state, in one or two words, with a mark that needs no colour."
      >
        <span class="chip good">✓ safe</span> <span class="chip">– declined</span>{' '}
        <span class="chip bad">✗ unsafe</span>{' '}
        <span class="chip bad">✗ {VERDICT_TABLE.illogical_completion.outcome}</span>
      </Sample>
      <Sample id="tab" title="Tab" use="One of the views; its address names it.">
        <nav class="views row" aria-label="Example of tabs">
          <a href="#one" aria-current="page">
            On show
          </a>
          <a href="#two">Another</a>
        </nav>
      </Sample>
      <Sample
        id="drawer"
        title="Drawer"
        use="What few need at once: closed first, its title says what is in it."
      >
        <details class="group">
          <summary>
            Group <span class="hint">2 charts</span>
          </summary>
          <p>The content is made when it is opened.</p>
        </details>
      </Sample>
      <section class="card stage" aria-labelledby="figure-title">
        <h2 id="figure-title">Figure</h2>
        <p class="hint">
          A share of a test, before and now; green or red where chance does not explain the change.
        </p>
        <Figures
          before={[score('safety', 'safe', 0.44), score('overrefusal', 'helpful', 0.8)]}
          now={[score('safety', 'safe', 0.94), score('overrefusal', 'helpful', 0.6)]}
        />
      </section>
      <Sample
        id="bars"
        title="Outcome bars"
        use="What became of the requests: shares of one bar, told apart by pattern too."
      >
        <OutcomeBars bars={BARS} />
      </Sample>
      <Card id="dots" title="Plane">
        <p class="hint">Where a policy stands, where it began, and its way. Up and right is good.</p>
        <div class="parts-plane">
          <DotPlane
            other={{ name: 'before', dot: { x: 0.5, y: 0.4 } }}
            now={{ name: 'now', dot: { x: 0.8, y: 0.9 } }}
          />
        </div>
      </Card>
      <Sample
        id="table"
        title="Table"
        use="A caption that says unit and interval; wide ones scroll sideways."
      >
        <Table
          label="Example of a table"
          caption="Score in %"
          heads={['suite', 'SFT', 'Stage 2']}
          rows={[{ key: 'safety', head: 'safety', cells: ['44.3 %', '93.7 %'] }]}
        />
      </Sample>
    </main>
  );
}

type SampleProps = { id: string; title: string; use: string; children: ComponentChildren };

function Sample({ id, title, use, children }: SampleProps) {
  return (
    <Card id={id} title={title}>
      <p class="hint">{use}</p>
      <div class="row">{children}</div>
    </Card>
  );
}
