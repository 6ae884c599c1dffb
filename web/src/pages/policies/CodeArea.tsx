import './CodeArea.css';
import { useEffect, useRef } from 'preact/hooks';

interface CodeAreaProps {
  readonly label: string;
  readonly value: string;
  readonly on_change: (value: string) => void;
  /** range of characters to select, for example the position of an error */
  readonly selection: { readonly from: number; readonly to: number } | undefined;
}

const code_rows_min = 8;
const code_rows_max = 28;
/** Limit of the API. */
const code_length_max = 100_000;

/** A text area for code. */
export function CodeArea({ label, value, on_change, selection }: CodeAreaProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (selection === undefined || area.current === null) return;
    area.current.focus();
    area.current.setSelectionRange(selection.from, selection.to);
  }, [selection]);
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
