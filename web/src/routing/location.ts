// The browser's address as component state. Links are followed without reloading the page; see follow_links.

import { useEffect, useState } from 'preact/hooks';

const navigated = 'perftrend:navigated';

export interface Address {
  readonly path: string;
  readonly search: string;
}

const current = (): Address => ({ path: location.pathname, search: location.search });

/** Opens `url`. With `replace` the back button skips the present address. */
export function go_to(url: string, how: 'push' | 'replace' = 'push'): void {
  const before = location.pathname;
  if (how === 'push') history.pushState(null, '', url);
  else history.replaceState(null, '', url);
  if (location.pathname !== before) scrollTo(0, 0);
  dispatchEvent(new Event(navigated));
}

export function useLocation(): Address {
  const [address, set_address] = useState(current);
  useEffect(() => {
    const follow = () => set_address(current());
    addEventListener('popstate', follow);
    addEventListener(navigated, follow);
    return () => {
      removeEventListener('popstate', follow);
      removeEventListener(navigated, follow);
    };
  }, []);
  return address;
}

/** Follows links to pages of the dashboard without reloading. The browser handles all other links. */
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

export function usePageTitle(...parts: readonly string[]): void {
  const title = [...parts, 'perftrend'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
