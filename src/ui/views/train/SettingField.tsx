// One setting of the table as a form field: label, help behind "?", reset, the value, and what is wrong with it.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import {
  DEFAULTS,
  formatSetting,
  formatValue,
  parseSettingText,
  rangeText,
  SettingError,
  type SettingInfo,
  type Settings,
} from '../../../config/index.ts';

export type SettingFieldProps = {
  info: SettingInfo;
  value: Settings[SettingInfo['key']];
  /** Value that "reset" goes back to, and how it is called. */
  base: Settings[SettingInfo['key']];
  baseName?: string;
  onChange: (key: SettingInfo['key'], value: Settings[SettingInfo['key']]) => void;
};

export function SettingField({ info, value, base, baseName = 'the preset', onChange }: SettingFieldProps) {
  const id = useId();
  const helpOpen = useSignal(false);
  const problem = useSignal('');
  /** What was typed, while it is not acceptable. */
  const rejected = useSignal<string | null>(null);
  const text = formatSetting(info.key, value);
  const changed = text !== formatSetting(info.key, base);

  const accept = (entered: string): void => {
    try {
      const next = parseSettingText(info.key, entered);
      problem.value = '';
      rejected.value = null;
      onChange(info.key, next);
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      problem.value = error.text;
      rejected.value = entered;
    }
  };
  const reset = (): void => {
    problem.value = '';
    rejected.value = null;
    onChange(info.key, base);
  };

  return (
    <div class={changed ? 'field changed' : 'field'}>
      <label for={id}>
        {info.label}
        {info.unit && <span class="hint"> ({info.unit})</span>}
      </label>
      {(changed || problem.value !== '') && (
        <button
          type="button"
          class="quiet"
          onClick={reset}
          aria-label={`Reset ${info.label}`}
          title={`Reset to ${baseName}`}
        >
          ↺
        </button>
      )}
      <button
        type="button"
        class="quiet help-button"
        aria-expanded={helpOpen.value}
        aria-label={`Help on ${info.label}`}
        onClick={() => {
          helpOpen.value = !helpOpen.value;
        }}
      >
        ?
      </button>
      <div class="value">
        <ValueInput
          id={id}
          info={info}
          text={rejected.value ?? text}
          describedBy={problem.value === '' ? undefined : `${id}-problem`}
          onText={accept}
        />
      </div>
      {problem.value !== '' && (
        <p class="problem" id={`${id}-problem`} role="alert">
          {problem.value}
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
        {info.choices.map((choice) => (
          <option key={choice} value={String(choice)}>
            {choice}
          </option>
        ))}
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
      value={text}
      onChange={(event) => onText(event.currentTarget.value)}
    />
  );
}

function Help({ info }: { info: SettingInfo }) {
  return (
    <div class="help">
      <p>{info.help}</p>
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
