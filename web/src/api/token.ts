// The user's API token. A server on loopback needs none. Other servers answer 401, and the page requests one.

const key = 'perftrend.token';

/** Without storage the token lasts until the page is closed. */
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
    // `unsaved` has it.
  }
}
