// One setting of the table as a form field: label, help behind "?", reset, the value, and what is wrong with it.

import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import {
  DEFAULTS,
  formatSetting,
  formatValue,
  parseSettingText,
  rangeText,
  type SettingInfo,
  type Settings,
} from '../../config/index.ts';
import { problemOf } from '../state/form/draft.ts';
import { wantedField } from '../state/form/wantedField.ts';
import { Button } from './Button.tsx';
import { Prose } from './Prose.tsx';
import { Options } from './Select.tsx';
import { useTyped } from './useTyped.ts';

export type SettingFieldProps = {
  info: SettingInfo;
  value: Settings[SettingInfo['key']];
  /** Value that "reset" goes back to, and how it is called. */
  base: Settings[SettingInfo['key']];
  baseName?: string;
  onChange: (key: SettingInfo['key'], value: Settings[SettingInfo['key']]) => void;
  /** A field of the form: what was typed while it is not acceptable is kept there, and it can be asked to take the focus. */
  inForm?: { rejected: string | undefined; onReject: (key: SettingInfo['key'], text: string) => void };
};

export function SettingField({
  info,
  value,
  base,
  baseName = 'the preset',
  onChange,
  inForm,
}: SettingFieldProps) {
  const id = useId();
  const helpOpen = useSignal(false);
  /** What was typed, while it is not acceptable; of a field outside of the form. */
  const own = useSignal<string | undefined>(undefined);
  const rejected = inForm ? inForm.rejected : own.value;
  const problem = rejected === undefined ? '' : problemOf(info.key, rejected);
  const text = formatSetting(info.key, value);
  const changed = text !== formatSetting(info.key, base);
  const wanted = inForm !== undefined && wantedField.value === info.key;
  useEffect(() => {
    if (!wanted) return;
    document.getElementById(id)?.focus();
    wantedField.value = null;
  }, [wanted]);

  const accept = (entered: string): void => {
    if (problemOf(info.key, entered) === '') {
      own.value = undefined;
      onChange(info.key, parseSettingText(info.key, entered));
    } else if (inForm) inForm.onReject(info.key, entered);
    else own.value = entered;
  };
  const reset = (): void => {
    own.value = undefined;
    onChange(info.key, base);
  };

  return (
    <div class={changed ? 'field changed' : 'field'}>
      <label for={id}>
        {info.label}
        {info.unit && <span class="hint"> ({info.unit})</span>}
      </label>
      {(changed || problem !== '') && (
        <Button
          label="↺"
          class="quiet"
          onClick={reset}
          aria-label={`Reset ${info.label}`}
          title={`Reset to ${baseName}`}
        />
      )}
      <Button
        label="?"
        class="quiet help-button"
        aria-expanded={helpOpen.value}
        aria-label={`Help on ${info.label}`}
        onClick={() => (helpOpen.value = !helpOpen.value)}
      />
      <div class="value row">
        <ValueInput
          id={id}
          info={info}
          text={rejected ?? text}
          describedBy={problem === '' ? undefined : `${id}-problem`}
          onText={accept}
        />
      </div>
      {problem !== '' && (
        <p class="problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
      {helpOpen.value && <Help info={info} />}
    </div>
  );
}

type ValueInputProps = {
  id: string;
  info: SettingInfo;
  text: string;
  describedBy: string | undefined;
  onText: (text: string) => void;
};

function ValueInput({ id, info, text, describedBy, onText }: ValueInputProps) {
  const typed = useTyped(text, onText);
  const shared = { id, 'aria-describedby': describedBy, 'aria-invalid': describedBy !== undefined };
  if (info.type === 'bool') {
    return (
      <label>
        <input
          {...shared}
          type="checkbox"
          checked={text === 'true'}
          onChange={(event) => onText(String(event.currentTarget.checked))}
        />{' '}
        {text === 'true' ? 'on' : 'off'}
      </label>
    );
  }
  if (info.type === 'enum') {
    return (
      <select {...shared} value={text} onChange={(event) => onText(event.currentTarget.value)}>
        <Options choices={info.choices.map((choice) => [choice, choice] as const)} />
      </select>
    );
  }
  return (
    <input
      {...shared}
      type="text"
      inputMode={info.type === 'int' ? 'numeric' : info.type === 'float' ? 'decimal' : undefined}
      autocomplete="off"
      spellcheck={false}
      {...typed}
    />
  );
}

function Help({ info }: { info: SettingInfo }) {
  return (
    <div class="help shaded rows small">
      <p>
        <Prose text={info.help} />
      </p>
      {info.formula && (
        <p>
          <code>{info.formula}</code>
        </p>
      )}
      <p class="hint">
        Accepts {rangeText(info)}. Default: <code>{formatValue(info, DEFAULTS[info.key])}</code>. Source:{' '}
        {info.source}. Key: <code>{info.key}</code>
      </p>
    </div>
  );
}
