// Light or dark: the system's choice until the reader makes another.

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

/** Before the first paint. */
export function start_theme(): void {
  apply(saved_theme() ?? system_theme());
  system.addEventListener('change', () => apply(saved_theme() ?? system_theme()));
}

/** Choosing what the system says anyway follows the system again. */
export function choose_theme(theme: Theme): void {
  try {
    if (theme === system_theme()) localStorage.removeItem(key);
    else localStorage.setItem(key, theme);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
  apply(theme);
}
