// Words of the page with their meaning.

import { GLOSSARY, type GlossaryTerm } from '../../lessons/glossary.ts';

const ALL = (Object.keys(GLOSSARY) as GlossaryTerm[]).sort((a, b) =>
  GLOSSARY[a][0].localeCompare(GLOSSARY[b][0]),
);

export function Glossary({ terms = ALL }: { terms?: readonly GlossaryTerm[] }) {
  return (
    <dl class="glossary">
      {terms.map((term) => {
        const [title, text] = GLOSSARY[term];
        return (
          <div key={term}>
            <dt>{title}</dt>
            <dd>{text}</dd>
          </div>
        );
      })}
    </dl>
  );
}
