// A correction of stored data: what it did, a way to undo it, its error, and the token that it requires.

import './correction.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { get_session } from '../api';
import { useAction, type Action } from './action';
import { useLoad } from './load';
import { Sign } from './chips';
import { ActionError } from './states';

/** What a correction did. */
export interface Done {
  readonly text: string;
  /** takes the correction back; absent where that is impossible */
  readonly undo?: (signal: AbortSignal) => Promise<unknown>;
}

export interface Correction extends Action {
  readonly done: Done | undefined;
  /** Runs the operation and shows what it did. */
  readonly correct: <T>(
    operation: (signal: AbortSignal) => Promise<T>,
    describe: (result: T) => Done,
  ) => void;
  readonly undo: () => void;
}

/** `on_done` loads the corrected data again. */
export function useCorrection(on_done: () => void): Correction {
  const action = useAction();
  const [done, set_done] = useState<Done>();
  const correct: Correction['correct'] = (operation, describe) => {
    set_done(undefined);
    action.run(operation, (result) => {
      set_done(describe(result));
      on_done();
    });
  };
  const undo = () => {
    const take_back = done?.undo;
    if (take_back !== undefined) correct(take_back, () => ({ text: 'The correction was taken back.' }));
  };
  return { ...action, done, correct, undo };
}

export function CorrectionResult({ of }: { of: Correction }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (of.done !== undefined || of.error !== undefined) box.current?.scrollIntoView({ block: 'nearest' });
  }, [of.done, of.error]);
  return (
    <div ref={box}>
      <div role="status">
        {of.done !== undefined && (
          <p class="correction-done">
            <Sign tone="good" /> <span>{of.done.text}</span>
            {of.done.undo !== undefined && (
              <button class="button" type="button" disabled={of.busy} onClick={of.undo}>
                Undo
              </button>
            )}
          </p>
        )}
      </div>
      <ActionError action={of} />
    </div>
  );
}

/** Says which token is required, unless the saved one is enough. */
export function AdminNote() {
  const { data } = useLoad('session', get_session);
  if (data === undefined || data.scopes.includes('admin')) return null;
  return (
    <p class="correction-note">
      <Sign tone="warn" /> Corrections require a token with scope admin.{' '}
      {data.scopes.length === 0
        ? 'No token is saved in this browser.'
        : `The saved token has ${data.scopes.join(' and ')} alone.`}{' '}
      The first correction asks for another one.
    </p>
  );
}
