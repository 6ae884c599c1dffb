// Asking the server from a page: one question, its answer, its failure, and asking again.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api';

export interface Load<T> {
  /** the newest answer; while another is awaited, the one before, so that nothing jumps */
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  readonly loading: boolean;
  readonly retry: () => void;
}

/**
 * Asks whenever `key` changes; while it is undefined nothing is asked, and what was answered before is forgotten. With `refresh_ms` it asks again that often while the page is looked at; a failed refresh
 * is shown as an error like any other, for an old answer would claim that tonight is all right.
 */
export function useLoad<T>(
  key: string | undefined,
  question: (signal: AbortSignal) => Promise<T>,
  refresh_ms?: number,
): Load<T> {
  const [state, set_state] = useState<Omit<Load<T>, 'retry'>>({
    data: undefined,
    error: undefined,
    loading: key !== undefined,
  });
  const [attempt, set_attempt] = useState(0);
  const latest = useRef(question);
  latest.current = question;
  const retry = useCallback(() => set_attempt((n) => n + 1), []);

  useEffect(() => {
    if (key === undefined) {
      set_state({ data: undefined, error: undefined, loading: false });
      return;
    }
    const controller = new AbortController();
    set_state((before) => ({ ...before, loading: true }));
    latest.current(controller.signal).then(
      (data) => {
        if (!controller.signal.aborted) set_state({ data, error: undefined, loading: false });
      },
      (cause: unknown) => {
        if (controller.signal.aborted) return;
        if (!(cause instanceof ApiError)) throw cause;
        set_state((before) => ({ data: before.data, error: cause, loading: false }));
      },
    );
    return () => controller.abort();
  }, [key, attempt]);

  useEffect(() => {
    if (refresh_ms === undefined) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') retry();
    }, refresh_ms);
    return () => clearInterval(timer);
  }, [refresh_ms, retry]);

  return { ...state, retry };
}
