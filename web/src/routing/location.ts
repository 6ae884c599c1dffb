// The browser's address as state. Plain links are followed without loading the page anew; see follow_links.

import { useEffect, useState } from 'preact/hooks';

const moved = 'perftrend:moved';

export interface Place {
  readonly path: string;
  readonly search: string;
}

const here = (): Place => ({ path: location.pathname, search: location.search });

/** `replace`: the step is not worth a press of the back button. */
export function go_to(url: string, how: 'push' | 'replace' = 'push'): void {
  const before = location.pathname;
  if (how === 'push') history.pushState(null, '', url);
  else history.replaceState(null, '', url);
  if (location.pathname !== before) scrollTo(0, 0);
  dispatchEvent(new Event(moved));
}

export function useLocation(): Place {
  const [place, set_place] = useState(here);
  useEffect(() => {
    const follow = () => set_place(here());
    addEventListener('popstate', follow);
    addEventListener(moved, follow);
    return () => {
      removeEventListener('popstate', follow);
      removeEventListener(moved, follow);
    };
  }, []);
  return place;
}

/** Clicks on links to pages of ours change the address; all others stay the browser's business. */
export function follow_links(): void {
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link?.target !== '' || link.hasAttribute('download')) return;
    const is_page = link.origin === location.origin && !link.pathname.startsWith('/api/');
    if (!is_page || link.getAttribute('href')?.startsWith('#')) return;
    event.preventDefault();
    go_to(link.pathname + link.search);
  });
}

export function useTitle(...parts: readonly string[]): void {
  const title = [...parts, 'perftrend'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
