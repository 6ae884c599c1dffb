// A button that first says what will happen, and does it after a confirmation.

import './ConfirmButton.css';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

interface ConfirmButtonProps {
  /** on the button, and the title of the dialog */
  readonly text: string;
  /** on the button of the dialog */
  readonly confirm: string;
  readonly disabled?: boolean;
  /** the button of the dialog is red */
  readonly irreversible?: boolean;
  /** a text that must be typed before the dialog can be confirmed */
  readonly typed?: string;
  readonly on_confirm: () => void;
  /** what will happen, and whether it can be undone */
  readonly children: ComponentChildren;
}

/** The field for a text that must be typed. */
function TypedField(props: { expected: string; value: string; on_change: (value: string) => void }) {
  return (
    <label class="field">
      <span>Type {props.expected} to confirm</span>
      <input
        type="text"
        autocomplete="off"
        spellcheck={false}
        value={props.value}
        onInput={(event) => props.on_change(event.currentTarget.value)}
      />
    </label>
  );
}

export function ConfirmButton(props: ConfirmButtonProps) {
  const { text, confirm, disabled = false, irreversible = false, typed, on_confirm, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [open, set_open] = useState(false);
  const [input, set_input] = useState('');
  // The content is rendered before the dialog opens, so that the browser can focus its first control.
  useLayoutEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  const close = () => dialog.current?.close();
  const submit = () => {
    close();
    on_confirm();
  };
  return (
    <>
      <button
        class="button"
        type="button"
        aria-haspopup="dialog"
        disabled={disabled}
        onClick={() => {
          set_input('');
          set_open(true);
        }}
      >
        {text}
      </button>
      {open && (
        <dialog class="confirm" ref={dialog} aria-label={text} onClose={() => set_open(false)}>
          <h2>{text}</h2>
          <div>{children}</div>
          {typed !== undefined && <TypedField expected={typed} value={input} on_change={set_input} />}
          <p class="form-buttons">
            <button
              class={`button ${irreversible ? 'danger' : 'primary'}`}
              type="button"
              disabled={typed !== undefined && input !== typed}
              onClick={submit}
            >
              {confirm}
            </button>
            <button
              class="button"
              type="button"
              autofocus={irreversible && typed === undefined}
              onClick={close}
            >
              Cancel
            </button>
          </p>
        </dialog>
      )}
    </>
  );
}
