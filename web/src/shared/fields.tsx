// Fields of the filter rows. A field tells its new value at once (choices) or when typing rests (text).

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

export interface Choice {
  readonly value: string;
  readonly text: string;
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly on_change: (value: string) => void;
}

export function Select({ label, value, choices, on_change }: SelectProps) {
  const known = choices.some((choice) => choice.value === value);
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => on_change(event.currentTarget.value)}>
        {!known && <option value={value}>{value}</option>}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.text}
          </option>
        ))}
      </select>
    </label>
  );
}

const typing_ms = 350;

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly on_change: (value: string) => void;
}

export function TextField({ label, value, placeholder, on_change }: TextProps) {
  const [text, set_text] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => set_text(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const typed = (next: string) => {
    set_text(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => on_change(next.trim()), typing_ms);
  };
  return (
    <label class="field field-text">
      <span>{label}</span>
      <input
        type="search"
        value={text}
        placeholder={placeholder}
        onInput={(event) => typed(event.currentTarget.value)}
      />
    </label>
  );
}

interface SwitchProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly { readonly value: T; readonly text: string; readonly title?: string }[];
  readonly on_change: (value: T) => void;
}

/** Two or three choices side by side. */
export function Switch<T extends string>({ label, value, choices, on_change }: SwitchProps<T>) {
  return (
    <div class="field" role="group" aria-label={label}>
      <span>{label}</span>
      <div class="switch">
        {choices.map((choice) => (
          <button
            key={choice.value}
            type="button"
            aria-pressed={choice.value === value}
            {...(choice.title === undefined ? {} : { title: choice.title })}
            onClick={() => on_change(choice.value)}
          >
            {choice.text}
          </button>
        ))}
      </div>
    </div>
  );
}

export function Filters({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <form class="filters" aria-label={label} onSubmit={(event) => event.preventDefault()}>
      {children}
    </form>
  );
}

/** All values, and "" for any. */
export function any_of(values: readonly string[], any = 'any'): Choice[] {
  return [{ value: '', text: any }, ...values.map((value) => ({ value, text: value }))];
}

interface PlainProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly on_change: (value: string) => void;
}

/** A line of a form: it tells every key. */
export function Line({ label, value, placeholder = '', on_change }: PlainProps) {
  return (
    <label class="field field-text">
      <span>{label}</span>
      <input
        type="text"
        maxLength={2000}
        value={value}
        placeholder={placeholder}
        onInput={(event) => on_change(event.currentTarget.value)}
      />
    </label>
  );
}

/** Some lines of a form. */
export function Area({ label, value, on_change }: PlainProps) {
  return (
    <label class="field field-text">
      <span>{label}</span>
      <textarea
        rows={2}
        maxLength={2000}
        value={value}
        onInput={(event) => on_change(event.currentTarget.value)}
      />
    </label>
  );
}

interface CodeProps {
  readonly label: string;
  readonly value: string;
  readonly on_change: (value: string) => void;
  /** characters to select and show: where a fault is */
  readonly at: { readonly from: number; readonly to: number } | undefined;
}

const code_rows_min = 8;
const code_rows_max = 28;
/** The contract's bound. */
const code_length_max = 100_000;

/** A text of a program's kind. */
export function Code({ label, value, on_change, at }: CodeProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (at === undefined || area.current === null) return;
    area.current.focus();
    area.current.setSelectionRange(at.from, at.to);
  }, [at]);
  const rows = Math.min(code_rows_max, Math.max(code_rows_min, value.split('\n').length + 1));
  return (
    <label class="field field-code">
      <span>{label}</span>
      <textarea
        ref={area}
        rows={rows}
        spellcheck={false}
        autocomplete="off"
        wrap="off"
        maxLength={code_length_max}
        value={value}
        onInput={(event) => on_change(event.currentTarget.value)}
      />
    </label>
  );
}
