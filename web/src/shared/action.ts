// Doing something on the server from a page: one deed at a time, and what became of it.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api';

export interface Act {
  readonly busy: boolean;
  readonly error: ApiError | undefined;
  /** Forgets the error. */
  readonly clear: () => void;
  /** Does it; `done` hears the answer. A second press while busy does nothing. */
  readonly run: <T>(deed: (signal: AbortSignal) => Promise<T>, done: (answer: T) => void) => void;
}

export function useAct(): Act {
  const [busy, set_busy] = useState(false);
  const [error, set_error] = useState<ApiError>();
  const controller = useRef<AbortController>();
  useEffect(() => () => controller.current?.abort(), []);
  const run = useCallback(<T>(deed: (signal: AbortSignal) => Promise<T>, done: (answer: T) => void) => {
    if (controller.current !== undefined) return;
    const own = new AbortController();
    controller.current = own;
    set_busy(true);
    set_error(undefined);
    const over = () => {
      controller.current = undefined;
      if (!own.signal.aborted) set_busy(false);
    };
    deed(own.signal).then(
      (answer) => {
        over();
        if (!own.signal.aborted) done(answer);
      },
      (cause: unknown) => {
        over();
        if (own.signal.aborted) return;
        if (!(cause instanceof ApiError)) throw cause;
        set_error(cause);
      },
    );
  }, []);
  const clear = useCallback(() => set_error(undefined), []);
  return { busy, error, clear, run };
}
