// Name and tags of a run, changed in place.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { Button } from '../../parts/Button.tsx';
import type { RunRow } from '../../state/runs/runRows.ts';
import { MAX_TAG_LENGTH, mergeTags, parseTags } from '../../state/runs/tags.ts';

const MAX_NAME_LENGTH = 120;

export function NameField({ row, onName }: { row: RunRow; onName: (name: string) => void }) {
  const id = useId();
  /** What was typed and not yet kept: a table that is drawn anew while a run trains must not take it away. */
  const typed = useSignal<string | null>(null);
  return (
    <form
      class="inline-form row"
      onSubmit={(event) => {
        event.preventDefault();
        onName(typed.value ?? row.run.name);
        typed.value = null;
      }}
    >
      <label for={id}>Name</label>
      <input
        id={id}
        name="name"
        type="text"
        autocomplete="off"
        maxLength={MAX_NAME_LENGTH}
        placeholder={row.label}
        value={typed.value ?? row.run.name}
        onInput={(event) => (typed.value = event.currentTarget.value)}
      />
      <button type="submit">Rename</button>
    </form>
  );
}

export function TagsField({ row, onTags }: { row: RunRow; onTags: (tags: readonly string[]) => void }) {
  const id = useId();
  return (
    <>
      {row.tags.length > 0 && (
        <ul class="tag-list row plain" aria-label="Tags">
          {row.tags.map((tag) => (
            <li key={tag} class="chip tag">
              {tag}
              <Button
                label="×"
                class="quiet"
                aria-label={`Remove the tag ${tag}`}
                onClick={() => onTags(row.tags.filter((other) => other !== tag))}
              />
            </li>
          ))}
        </ul>
      )}
      <form
        class="inline-form row"
        onSubmit={(event) => {
          event.preventDefault();
          const field = event.currentTarget.elements.namedItem('tags') as HTMLInputElement;
          const more = parseTags(field.value);
          field.value = '';
          if (more.length > 0) onTags(mergeTags(row.tags, more));
        }}
      >
        <label for={id}>Add tags</label>
        <input
          id={id}
          name="tags"
          type="text"
          autocomplete="off"
          maxLength={5 * MAX_TAG_LENGTH}
          placeholder="baseline, lesson 2"
        />
        <button type="submit">Add</button>
      </form>
    </>
  );
}
