// Sends one request: base address, token, time limit, and errors as ApiError.

import createClient from 'openapi-fetch';
import { ApiError, response_error, request_error } from './problem';
import type { paths } from './schema';
import { read_token } from './token';

/** Time limit of a request. The largest trends take one or two seconds. */
const response_ms_max = 30_000;

export const client = createClient<paths>({
  baseUrl: `${location.origin}/api/v1`,
  fetch: (request) => globalThis.fetch(request),
});
client.use({
  onRequest: ({ request }) => {
    const token = read_token();
    if (token !== '') request.headers.set('Authorization', `Bearer ${token}`);
    return request;
  },
});

interface ClientResponse<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

export async function call<T>(
  signal: AbortSignal,
  request: (signal: AbortSignal) => Promise<ClientResponse<T>>,
): Promise<T> {
  let result: ClientResponse<T>;
  try {
    result = await request(AbortSignal.any([signal, AbortSignal.timeout(response_ms_max)]));
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw request_error(cause);
  }
  if (!result.response.ok) throw response_error(result.response.status, result.error);
  if (result.data === undefined || typeof result.data !== 'object') {
    throw new ApiError('unreadable', 'Unreadable response', result.response.status, 'The body is empty.');
  }
  return result.data;
}
