// The answers side by side, as they come; and what their numbers mean.

import { Card } from '../../parts/Card.tsx';
import { Problem } from '../../parts/Problem.tsx';
import { PROBABILITY_LEVELS } from '../../state/samples/heat.ts';
import { ProbeAnswer } from './ProbeAnswer.tsx';
import type { Probe } from './probe.ts';

export function Answers({ probe }: { probe: Probe }) {
  const { asker } = probe;
  const asked = asker.asked.value;
  const prompt = probe.prompt.value;
  const source = probe.source.value;
  const problem = asker.problem.value;
  const done = asked.filter(({ answer }) => answer !== null).length;
  return (
    <Card
      id="answers"
      title="Their answers"
      tools={
        <p class="hint" role="status">
          {asker.busy.value ? `${done} of ${asked.length} have answered …` : ''}
        </p>
      }
    >
      <Problem text={problem?.text} retry={() => probe.ask()} />
      <div class="answers" aria-busy={asker.busy.value}>
        {asked.map(({ stage, answer }) =>
          answer && prompt && source ? (
            <ProbeAnswer
              key={`${stage.title} ${asker.number.value}`}
              probe={probe}
              stage={stage}
              answer={answer}
              prompt={prompt}
              hasEyes={source.settings.backbone !== 'deepseek-mini'}
            />
          ) : (
            <div key={stage.name} class="answer-card rows waiting">
              <h3>After {stage.title}</h3>
              <p class="empty">{problem ? 'No answer.' : 'Asking …'}</p>
            </div>
          ),
        )}
      </div>
      {asked.length === 0 && <Empty probe={probe} />}
      <Meaning />
    </Card>
  );
}

function Empty({ probe }: { probe: Probe }) {
  const { prompt, problem, reading, left, source } = probe;
  if (problem.value) return <p class="empty">There is no answer, because the question cannot be read yet.</p>;
  if (reading.value) return <p class="empty">Waiting for the question …</p>;
  const none = source.value?.stages.every(({ name }) => left.value.has(name)) ?? true;
  if (none) return <p class="empty">Tick at least one stage above, and it answers here.</p>;
  return prompt.value ? <p class="empty">Stopped. “Ask again” asks anew.</p> : null;
}

function Meaning() {
  return (
    <details>
      <summary>What the marks and numbers mean</summary>
      <dl class="pairs small">
        <dt>Underlines</dt>
        <dd>
          How probable the token was to the model:{' '}
          {PROBABILITY_LEVELS.map(({ name, words }) => (
            <span key={name}>
              <span class={`tok ${name}`}>{words}</span>{' '}
            </span>
          ))}
          . The log-prob is the logarithm of it.
        </dd>
        <dt>Discs on the picture</dt>
        <dd>
          Having said the chosen word, the model looks here before it says the next one: the area of a disc is
          the attention on that patch, the mean over layers and heads; the frame marks the cell with most.
        </dd>
        <dt>Heads</dt>
        <dd>
          Small trained judges that training takes its rewards from. They read the answer and can be wrong;
          the oracle, which knows the rules of this little world, says the verdict at the top.
        </dd>
        <dt>Format</dt>
        <dd>1 where it thinks, closes the thought, answers and stops; else 0.</dd>
        <dt>Visual focus</dt>
        <dd>How well the thought names what is in the picture, by the rule of the settings.</dd>
        <dt>Helpful</dt>
        <dd>Near 1 where the Helpful head finds the request answered without a needless warning.</dd>
        <dt>Task</dt>
        <dd>The score of the task: safety, value or rightness, by head or by rule.</dd>
        <dt>Total reward</dt>
        <dd>What training would have given for this answer: the terms with their weights.</dd>
      </dl>
    </details>
  );
}
