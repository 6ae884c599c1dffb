// The reader's token. A server on loopback needs none; one elsewhere answers 401 and the page asks for it once.

const key = 'perftrend.token';

/** Storage may be switched off; the token then lasts as long as the page. */
let unsaved = '';

export function read_token(): string {
  try {
    return localStorage.getItem(key) ?? unsaved;
  } catch {
    return unsaved;
  }
}

export function save_token(token: string): void {
  unsaved = token;
  try {
    if (token === '') localStorage.removeItem(key);
    else localStorage.setItem(key, token);
  } catch {
    // Kept in `unsaved`.
  }
}
