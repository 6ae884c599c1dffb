// Waiting, failing, being asked for a token, finding nothing.

import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { read_token, save_token, type ApiError } from '../api';
import type { Act } from './action';
import type { Load } from './load';

export function Loading() {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">Loading</span>
      <div class="bone bone-wide" />
      <div class="bone" />
      <div class="bone" />
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

interface TokenProps {
  readonly title: string;
  readonly text: string;
  readonly retry: () => void;
}

function TokenForm({ title, text, retry }: TokenProps) {
  const [token, set_token] = useState('');
  const id = useId();
  const submit = (event: Event) => {
    event.preventDefault();
    save_token(token.trim());
    retry();
  };
  return (
    <form class="notice token-form" onSubmit={submit}>
      <h2>{title}</h2>
      <p>
        {text} It stays in this browser. The server's keeper makes one with{' '}
        <code>perftrend-server token create</code>.
      </p>
      <label for={id}>Token</label>
      <div class="token-row">
        <input
          id={id}
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          value={token}
          onInput={(event) => set_token(event.currentTarget.value)}
        />
        <button class="button primary" type="submit">
          Use it
        </button>
      </div>
    </form>
  );
}

function ReadingToken({ retry }: { retry: () => void }) {
  const refused = read_token() === '' ? '' : 'It did not take the token this browser holds. ';
  return (
    <TokenForm
      title="This server asks for a token"
      text={`${refused}Paste one that may read.`}
      retry={retry}
    />
  );
}

/** What became of a deed that failed: why, and a form where another token would do it. */
export function Refused({ act }: { act: Act }) {
  const { error, clear } = act;
  if (error === undefined) return null;
  const wants_token = error.status === 401 || error.status === 403;
  return (
    <>
      <p class="notice notice-bad" role="alert">
        {error.message} {error.detail}
      </p>
      {wants_token && (
        <TokenForm
          title="This needs another token"
          text="Paste one of scope admin for this project, then press again what you pressed."
          retry={clear}
        />
      )}
    </>
  );
}

export function Failed({ error, retry }: { error: ApiError; retry: () => void }) {
  if (error.status === 401) return <ReadingToken retry={retry} />;
  return (
    <div class="notice notice-bad" role="alert">
      <h2>{error.message}</h2>
      {error.detail !== '' && <p>{error.detail}</p>}
      {error.status === 403 && <p>The token this browser holds may not read this.</p>}
      {error.status !== 404 && (
        <button class="button" type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** The page's content once there is some; the states before and beside it otherwise. */
export function Loaded<T>({ load, children }: { load: Load<T>; children: (data: T) => ComponentChildren }) {
  const { data, error, loading, retry } = load;
  if (error !== undefined) return <Failed error={error} retry={retry} />;
  if (data === undefined) return <Loading />;
  return (
    <div class={loading ? 'stale' : 'fresh'} aria-busy={loading}>
      {children(data)}
    </div>
  );
}
