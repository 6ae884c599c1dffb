// A message of one page on the next one: what a correction did that removed the page it was made on.

import './correction.css';
import { useEffect, useState } from 'preact/hooks';
import { go_to, useLocation } from '../routing/location';
import { Sign } from './chips';

let pending: { readonly path: string; readonly text: string } | undefined;

/** Goes to another page, which shows the message until it is left. */
export function go_with_message(target: string, text: string): void {
  pending = { path: new URL(target, location.origin).pathname, text };
  go_to(target);
}

export function Message() {
  const { path } = useLocation();
  const [text, set_text] = useState('');
  useEffect(() => {
    set_text(pending?.path === path ? pending.text : '');
    pending = undefined;
  }, [path]);
  return (
    <div role="status">
      {text !== '' && (
        <p class="correction-done correction-message">
          <Sign tone="good" /> <span>{text}</span>
        </p>
      )}
    </div>
  );
}
