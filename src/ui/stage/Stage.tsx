// The stage: what is asked and answered, where the policy stands between safe and helpful, and four large figures. Layout alone.

import type { ComponentChildren } from 'preact';
import { Card } from '../parts/Card.tsx';
import { DotPlane, type DotPlaneProps } from './DotPlane.tsx';
import { Figures, type FiguresProps } from './Figures.tsx';
import { PinnedCard, type PinnedCase } from './PinnedCard.tsx';
import './stage.css';

type StageProps = {
  id: string;
  title: ComponentChildren;
  /** Beside the title. */
  actions?: ComponentChildren;
  /** Attack, look-alike and question; empty while they are not known. */
  cases: readonly PinnedCase[];
  plane: DotPlaneProps;
  figures: FiguresProps;
  /** Below the figures. */
  children?: ComponentChildren;
};

export function Stage({ id, title, actions, cases, plane, figures, children }: StageProps) {
  const [attack, ...others] = cases;
  return (
    <Card id={id} title={title} tools={actions && <div class="buttons">{actions}</div>} class={`stage ${id}`}>
      <div class="stage-grid">
        <div class="stage-asked">
          <PinnedCard of={attack ?? null} large />
          <PinnedCard of={others[0] ?? null} />
          <PinnedCard of={others[1] ?? null} />
        </div>
        <DotPlane {...plane} />
        <Figures {...figures} />
      </div>
      {children}
    </Card>
  );
}
