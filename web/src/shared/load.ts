// Loads data from the server for a component, with its error and a way to retry.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api';

export interface Load<T> {
  /** the newest answer; while the next one is loading, the previous one */
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  readonly loading: boolean;
  readonly retry: () => void;
}

/**
 * Sends the request whenever `key` changes. While `key` is undefined nothing is sent and earlier data is dropped.
 * With `refresh_ms` the request is repeated at that interval while the page is visible. A failed refresh is an error
 * like any other, because old data would hide new problems.
 */
export function useLoad<T>(
  key: string | undefined,
  request: (signal: AbortSignal) => Promise<T>,
  refresh_ms?: number,
): Load<T> {
  const [state, set_state] = useState<Omit<Load<T>, 'retry'>>({
    data: undefined,
    error: undefined,
    loading: key !== undefined,
  });
  const [attempt, set_attempt] = useState(0);
  const latest = useRef(request);
  latest.current = request;
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
