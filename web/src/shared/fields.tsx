// Input fields of filters and forms. A choice reports its new value at once, a search field when typing pauses.

import './fields.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

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

const typing_pause_ms = 350;

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
  const on_input = (next: string) => {
    set_text(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => on_change(next.trim()), typing_pause_ms);
  };
  return (
    <label class="field field-text">
      <span>{label}</span>
      <input
        type="search"
        value={text}
        placeholder={placeholder}
        onInput={(event) => on_input(event.currentTarget.value)}
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

/** A few choices as buttons next to each other. */
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

/** One choice per value, preceded by "" for any value. */
export function any_of(values: readonly string[]): Choice[] {
  return [{ value: '', text: 'any' }, ...values.map((value) => ({ value, text: value }))];
}

interface PlainProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  /** values to choose from while typing; any other value is possible */
  readonly suggestions?: readonly string[];
  readonly on_change: (value: string) => void;
}

/** A single-line text field. It reports every change. */
export function Line({ label, value, placeholder = '', suggestions = [], on_change }: PlainProps) {
  const list = useId();
  return (
    <label class="field field-text">
      <span>{label}</span>
      <input
        type="text"
        maxLength={2000}
        value={value}
        placeholder={placeholder}
        {...(suggestions.length === 0 ? {} : { list })}
        onInput={(event) => on_change(event.currentTarget.value)}
      />
      {suggestions.length > 0 && (
        <datalist id={list}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </label>
  );
}

/** A text field of several lines. */
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
