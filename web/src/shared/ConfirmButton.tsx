// A button that first says what will happen, and does it after a confirmation.

import './ConfirmButton.css';
import { useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

interface ConfirmButtonProps {
  /** on the button, and the title of the dialog */
  readonly text: string;
  /** on the button of the dialog */
  readonly confirm: string;
  readonly disabled?: boolean;
  readonly on_confirm: () => void;
  /** what will happen, and whether it can be undone */
  readonly children: ComponentChildren;
}

export function ConfirmButton({ text, confirm, disabled = false, on_confirm, children }: ConfirmButtonProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => dialog.current?.close();
  return (
    <>
      <button class="button" type="button" disabled={disabled} onClick={() => dialog.current?.showModal()}>
        {text}
      </button>
      <dialog class="confirm" ref={dialog} aria-label={text}>
        <h2>{text}</h2>
        <div>{children}</div>
        <p class="form-buttons">
          <button
            class="button primary"
            type="button"
            onClick={() => {
              close();
              on_confirm();
            }}
          >
            {confirm}
          </button>
          <button class="button" type="button" onClick={close}>
            Cancel
          </button>
        </p>
      </dialog>
    </>
  );
}
