// Colours of the canvas, read from the custom properties of the page.

export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly surface: string;
  readonly point: string;
  readonly line: string;
  readonly baseline: string;
  readonly band: string;
  readonly change: string;
  readonly bad: string;
  readonly good: string;
  readonly idle: string;
  readonly font: string;
}

export function read_palette(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: colour('--text'),
    muted: colour('--muted'),
    grid: colour('--grid'),
    surface: colour('--surface'),
    point: colour('--point'),
    line: colour('--line'),
    baseline: colour('--baseline'),
    band: colour('--band'),
    change: colour('--change'),
    bad: colour('--bad'),
    good: colour('--good'),
    idle: colour('--idle'),
    font: `11px ${style.fontFamily}`,
  };
}

/** Calls `changed` when the theme changes. Returns a function that stops this. */
export function watch_theme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}
