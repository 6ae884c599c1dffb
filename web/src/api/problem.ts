// What can go wrong between the page and the server, in three kinds a reader can do something about.

import type { Problem } from './schema';

/** away: no answer · problem: the server says why (RFC 9457) · unreadable: an answer, but not one of ours */
export type FailureKind = 'away' | 'problem' | 'unreadable';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly kind: FailureKind,
    message: string,
    /** HTTP status; 0 where nothing was answered */
    readonly status: number,
    readonly detail = '',
  ) {
    super(message);
  }
}

function is_problem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'title' in body && typeof body.title === 'string';
}

/** An answer outside 2xx. A proxy's page is not shown, only that it was one. */
export function error_of_answer(status: number, body: unknown): ApiError {
  if (is_problem(body)) return new ApiError('problem', body.title, status, body.detail ?? '');
  return new ApiError(
    'unreadable',
    `Unexpected answer (HTTP ${status})`,
    status,
    'It is no problem document of perftrend.',
  );
}

/** A fetch that came to nothing, or whose body was no JSON. */
export function error_of_failure(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  if (cause instanceof SyntaxError) {
    return new ApiError(
      'unreadable',
      'The answer was not understood',
      0,
      'Something between this page and the server changed it.',
    );
  }
  if (cause instanceof DOMException && cause.name === 'TimeoutError') {
    return new ApiError(
      'away',
      'The server did not answer in time',
      0,
      'It may be busy with a large upload.',
    );
  }
  return new ApiError('away', 'The server is away', 0, 'No connection to it could be made.');
}
