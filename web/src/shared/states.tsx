// What a page shows instead of its content: loading, an error, a request for a token, nothing found.

import './states.css';
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { read_token, save_token, type ApiError } from '../api';
import type { Action } from './action';
import type { Load } from './load';

export function Loading() {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">Loading</span>
      <div class="skeleton skeleton-wide" />
      <div class="skeleton" />
      <div class="skeleton" />
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

interface TokenFormProps {
  readonly title: string;
  readonly text: string;
  readonly on_saved: () => void;
}

function TokenForm({ title, text, on_saved }: TokenFormProps) {
  const [token, set_token] = useState('');
  const id = useId();
  const submit = (event: Event) => {
    event.preventDefault();
    save_token(token.trim());
    on_saved();
  };
  return (
    <form class="notice token-form" onSubmit={submit}>
      <h2>{title}</h2>
      <p>
        {text} The token is saved in this browser only. An administrator of the server creates tokens with{' '}
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
          Save token
        </button>
      </div>
    </form>
  );
}

function ReadTokenForm({ on_saved }: { on_saved: () => void }) {
  const rejected = read_token() === '' ? '' : 'The server rejected the saved token. ';
  return (
    <TokenForm
      title="This server requires a token"
      text={`${rejected}Enter a token with read access.`}
      on_saved={on_saved}
    />
  );
}

/** Why an action failed, with a form for another token when the present one is not allowed to do it. */
export function ActionError({ action }: { action: Action }) {
  const { error, clear_error } = action;
  if (error === undefined) return null;
  const needs_token = error.status === 401 || error.status === 403;
  return (
    <>
      <p class="notice notice-bad" role="alert">
        {error.message} {error.detail}
      </p>
      {needs_token && (
        <TokenForm
          title="This action requires another token"
          text="Enter a token with scope admin for this project, then repeat the action."
          on_saved={clear_error}
        />
      )}
    </>
  );
}

export function LoadError({ error, retry }: { error: ApiError; retry: () => void }) {
  if (error.status === 401) return <ReadTokenForm on_saved={retry} />;
  return (
    <div class="notice notice-bad" role="alert">
      <h2>{error.message}</h2>
      {error.detail !== '' && <p>{error.detail}</p>}
      {error.status === 403 && <p>The token saved in this browser has no read access to this project.</p>}
      {error.status !== 404 && (
        <button class="button" type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** The content once it is loaded. Until then a placeholder; after a failure the error. */
export function Loaded<T>({ load, children }: { load: Load<T>; children: (data: T) => ComponentChildren }) {
  const { data, error, loading, retry } = load;
  if (error !== undefined) return <LoadError error={error} retry={retry} />;
  if (data === undefined) return <Loading />;
  return (
    <div class={loading ? 'stale' : 'fresh'} aria-busy={loading}>
      {children(data)}
    </div>
  );
}
