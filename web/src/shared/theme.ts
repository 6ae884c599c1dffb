// Light or dark theme. The system's setting applies until the user selects the other one.

export type Theme = 'light' | 'dark';

const key = 'perftrend.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

function saved_theme(): Theme | undefined {
  try {
    const saved = localStorage.getItem(key);
    return saved === 'light' || saved === 'dark' ? saved : undefined;
  } catch {
    return undefined;
  }
}

const system_theme = (): Theme => (system.matches ? 'dark' : 'light');

export function current_theme(): Theme {
  return document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light';
}

function apply(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}

/** Applies the theme and follows the system's setting. Call it before the first paint. */
export function start_theme(): void {
  apply(saved_theme() ?? system_theme());
  system.addEventListener('change', () => apply(saved_theme() ?? system_theme()));
}

/** Saves the user's selection. Selecting the system's own theme removes the saved one. */
export function select_theme(theme: Theme): void {
  try {
    if (theme === system_theme()) localStorage.removeItem(key);
    else localStorage.setItem(key, theme);
  } catch {
    // Without storage the selection lasts until the page is closed.
  }
  apply(theme);
}
