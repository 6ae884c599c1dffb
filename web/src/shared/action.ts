// Changes on the server: one operation at a time, with its progress and its error.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api';

export interface Action {
  readonly busy: boolean;
  readonly error: ApiError | undefined;
  readonly clear_error: () => void;
  /** Runs the operation and passes its result to `done`. Does nothing while another operation runs. */
  readonly run: <T>(operation: (signal: AbortSignal) => Promise<T>, done: (result: T) => void) => void;
}

/** The operation is aborted when the component unmounts. */
export function useAction(): Action {
  const [busy, set_busy] = useState(false);
  const [error, set_error] = useState<ApiError>();
  const controller = useRef<AbortController>();
  useEffect(() => () => controller.current?.abort(), []);
  const run = useCallback(<T>(operation: (signal: AbortSignal) => Promise<T>, done: (result: T) => void) => {
    if (controller.current !== undefined) return;
    const own = new AbortController();
    controller.current = own;
    set_busy(true);
    set_error(undefined);
    const finish = () => {
      controller.current = undefined;
      if (!own.signal.aborted) set_busy(false);
    };
    operation(own.signal).then(
      (result) => {
        finish();
        if (!own.signal.aborted) done(result);
      },
      (cause: unknown) => {
        finish();
        if (own.signal.aborted) return;
        if (!(cause instanceof ApiError)) throw cause;
        set_error(cause);
      },
    );
  }, []);
  const clear_error = useCallback(() => set_error(undefined), []);
  return { busy, error, clear_error, run };
}
