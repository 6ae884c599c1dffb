// Errors of API calls, in three kinds that call for different reactions.

import type { Problem } from './schema';

/** unreachable: no response · problem: a problem document (RFC 9457) · unreadable: a response from something else */
export type FailureKind = 'unreachable' | 'problem' | 'unreadable';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly kind: FailureKind,
    message: string,
    /** HTTP status; 0 without a response */
    readonly status: number,
    readonly detail = '',
  ) {
    super(message);
  }
}

function is_problem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'title' in body && typeof body.title === 'string';
}

/** The error of a response outside 2xx. The page of a proxy is not shown. */
export function response_error(status: number, body: unknown): ApiError {
  if (is_problem(body)) return new ApiError('problem', body.title, status, body.detail ?? '');
  return new ApiError(
    'unreadable',
    `Unexpected response (HTTP ${status})`,
    status,
    'It does not come from perftrend. A proxy in between may be misconfigured.',
  );
}

/** The error of a failed request, or of a body that is not JSON. */
export function request_error(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  if (cause instanceof SyntaxError) {
    return new ApiError(
      'unreadable',
      'Unreadable response',
      0,
      'The body is not JSON. A proxy in between may have changed it.',
    );
  }
  if (cause instanceof DOMException && cause.name === 'TimeoutError') {
    return new ApiError(
      'unreachable',
      'The server did not respond in time',
      0,
      'It may be busy with a large upload. Try again.',
    );
  }
  return new ApiError(
    'unreachable',
    'The server is unreachable',
    0,
    'The connection failed. Check that the server runs.',
  );
}
