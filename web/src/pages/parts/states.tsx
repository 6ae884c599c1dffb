// Waiting, failing, being asked for a token, finding nothing.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { read_token, save_token, type ApiError } from '../../api';
import type { Load } from '../load';

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

function TokenForm({ refused, retry }: { refused: boolean; retry: () => void }) {
  const [token, set_token] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    save_token(token.trim());
    retry();
  };
  return (
    <form class="notice token-form" onSubmit={submit}>
      <h2>This server asks for a token</h2>
      <p>
        {refused ? 'It did not take the token this browser holds. ' : ''}
        Paste one that may read. It stays in this browser. The server's keeper makes one with{' '}
        <code>perftrend-server token create</code>.
      </p>
      <label for="token">Token</label>
      <div class="token-row">
        <input
          id="token"
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

export function Failed({ error, retry }: { error: ApiError; retry: () => void }) {
  if (error.status === 401) return <TokenForm refused={read_token() !== ''} retry={retry} />;
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
